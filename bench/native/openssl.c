/**
 * OpenSSL's SHA-256 with ready midstates: the key's two blocks are hashed once, and every token starts from a copy of the
 * states after them. The signature's verdict alone: no header or claim is looked at.
 *
 * The plain SHA256 functions are deprecated, and the fastest way there is: 280 ns a mid token, where an EVP_MAC that is started again
 * takes 360, and one that is duplicated for every token over 900.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "peer.h"

#include <openssl/sha.h>
#include <string.h>

static SHA256_CTX afterInnerKey, afterOuterKey;
static size_t good;

static SHA256_CTX stateAfter(const Settings *settings, uint8_t pad) {
  uint8_t block[SHA256_CBLOCK] = {0};
  memcpy(block, settings->key, settings->keyLength);
  for (size_t place = 0; place < sizeof block; place++) block[place] ^= pad;
  SHA256_CTX state;
  SHA256_Init(&state);
  SHA256_Update(&state, block, sizeof block);
  return state;
}

void prepare(const Settings *settings, size_t capacity) {
  (void)capacity;
  afterInnerKey = stateAfter(settings, 0x36);
  afterOuterKey = stateAfter(settings, 0x5c);
}

static bool isGood(const Token *token) {
  uint8_t tag[SHA256_DIGEST_LENGTH];
  SHA256_CTX state = afterInnerKey;
  SHA256_Update(&state, token->text, signedLength(token));
  SHA256_Final(tag, &state);
  state = afterOuterKey;
  SHA256_Update(&state, tag, sizeof tag);
  SHA256_Final(tag, &state);
  return endsInTag(token, tag);
}

void work(const Token *tokens, size_t count) {
  good = 0;
  for (size_t index = 0; index < count; index++) good += isGood(&tokens[index]);
}

size_t countGood(const Token *tokens, size_t count) {
  (void)tokens, (void)count;
  return good;
}
