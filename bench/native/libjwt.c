/**
 * libjwt 1: decodes and checks the signature; the algorithm, `exp`, issuer and audience are judged on what it decoded, in
 * the way its first versions leave to the caller.
 */
#include "peer.h"

#include <jwt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static Settings checks;
static char quotedAudience[256];
static size_t good;

void prepare(const Settings *settings, size_t capacity) {
  (void)capacity;
  checks = *settings;
  snprintf(quotedAudience, sizeof quotedAudience, "\"%s\"", settings->audience);
}

static bool issuerMatches(jwt_t *jwt) {
  if (!*checks.issuer) return true;
  const char *issuer = jwt_get_grant(jwt, "iss");
  return issuer && strcmp(issuer, checks.issuer) == 0;
}

/** An audience that is an array is to be had as JSON only; ours has no character that JSON would escape. */
static bool audienceMatches(jwt_t *jwt) {
  if (!*checks.audience) return true;
  const char *audience = jwt_get_grant(jwt, "aud");
  if (audience) return strcmp(audience, checks.audience) == 0;
  char *audiences = jwt_get_grants_json(jwt, "aud");
  bool matches = audiences && strstr(audiences, quotedAudience);
  free(audiences);
  return matches;
}

static bool isGood(const Token *token) {
  jwt_t *jwt = NULL;
  if (jwt_decode(&jwt, token->text, checks.key, (int)checks.keyLength)) return false;
  bool isGood = jwt_get_alg(jwt) == JWT_ALG_HS256 && jwt_get_grant_int(jwt, "exp") > checks.now && issuerMatches(jwt) && audienceMatches(jwt);
  jwt_free(jwt);
  return isGood;
}

void work(const Token *tokens, size_t count) {
  good = 0;
  for (size_t index = 0; index < count; index++) good += isGood(&tokens[index]);
}

size_t countGood(const Token *tokens, size_t count) {
  (void)tokens, (void)count;
  return good;
}
