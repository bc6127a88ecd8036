/**
 * What every C peer is made of: `peer.c` reads the tokens, proves the peer and times it; the peer itself defines the three
 * functions at the end.
 *
 *     peer TOKENS KEYFILE ROUNDS NOW ISSUER AUDIENCE
 */
#ifndef PEER_H
#define PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TAG_BYTES = 32, SIGNATURE_LENGTH = 43 };

/** A compact token; a zero follows its last character. */
typedef struct {
  const char *text;
  size_t length;
} Token;

/** What to judge by. An issuer or audience that is not to be checked is empty. */
typedef struct {
  const uint8_t *key;
  size_t keyLength;
  long now;
  const char *issuer;
  const char *audience;
} Settings;

/** The characters that are signed: all but the last dot and the 43 characters behind it. */
static inline size_t signedLength(const Token *token) { return token->length - SIGNATURE_LENGTH - 1; }

/** Whether the token ends in a dot and this tag in base64url. Takes the same time wherever they differ. */
bool endsInTag(const Token *token, const uint8_t tag[TAG_BYTES]);

/** Prints why, and ends with status 1. */
_Noreturn void fail(const char *reason);

/** Called once, with the greatest number of tokens that `work` is given at a time. */
void prepare(const Settings *settings, size_t capacity);
/** What is timed. */
void work(const Token *tokens, size_t count);
/** How many of the tokens that `work` has just been given are good. Not timed. */
size_t countGood(const Token *tokens, size_t count);

#endif
