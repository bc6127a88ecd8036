/** The common half of every C peer: reads the files, proves the peer, times it. See peer.h. */
#include "peer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PROOFS = 512, LEAST_TOKEN_LENGTH = 2 * (SIGNATURE_LENGTH + 1), MOST_KEY_BYTES = 64 };

static const double WARM_UP_NS = 150e6;
static const double ROUND_NS = 40e6;

typedef struct {
  Token *tokens;
  size_t count;
} Pool;

static Pool readTokens(const char *file);
static size_t readKey(const char *file, uint8_t key[MOST_KEY_BYTES]);
static void prove(Pool pool);
static void timeRound(Pool pool, double atLeast, bool isCounted);

int main(int argumentCount, char **arguments) {
  if (argumentCount != 7) {
    fprintf(stderr, "Usage: %s TOKENS KEYFILE ROUNDS NOW ISSUER AUDIENCE\n", arguments[0]);
    return 2;
  }
  Pool pool = readTokens(arguments[1]);
  uint8_t key[MOST_KEY_BYTES];
  size_t keyLength = readKey(arguments[2], key);
  long rounds = strtol(arguments[3], NULL, 10);
  long now = strtol(arguments[4], NULL, 10);
  prepare(&(Settings){key, keyLength, now, arguments[5], arguments[6]}, pool.count);

  prove(pool);
  if (rounds > 0) timeRound(pool, WARM_UP_NS, false);
  for (long round = 0; round < rounds; round++) timeRound(pool, ROUND_NS, true);
  return 0;
}

void fail(const char *reason) {
  fprintf(stderr, "%s\n", reason);
  exit(1);
}

static char *readText(const char *file, size_t *length) {
  FILE *stream = fopen(file, "rb");
  if (!stream || fseek(stream, 0, SEEK_END)) fail("cannot read its files");
  *length = (size_t)ftell(stream);
  rewind(stream);
  char *text = malloc(*length + 1);
  if (!text || fread(text, 1, *length, stream) != *length) fail("cannot read its files");
  text[*length] = 0;
  fclose(stream);
  return text;
}

/** One token a line. They stay where they were read. */
static Pool readTokens(const char *file) {
  size_t length;
  char *text = readText(file, &length);
  size_t lines = 0;
  for (size_t place = 0; place < length; place++) lines += text[place] == '\n';
  Token *tokens = calloc(lines, sizeof(Token));
  if (!tokens) fail("has no memory left");
  size_t count = 0;
  for (char *line = text, *end; count < lines && (end = strchr(line, '\n')); line = end + 1) {
    *end = 0;
    tokens[count++] = (Token){line, (size_t)(end - line)};
    if (tokens[count - 1].length < LEAST_TOKEN_LENGTH) fail("is given a token too short to be one");
  }
  if (count == 0) fail("is given no tokens");
  return (Pool){tokens, count};
}

static size_t readKey(const char *file, uint8_t key[MOST_KEY_BYTES]) {
  size_t length;
  char *text = readText(file, &length);
  size_t count = 0;
  while (count < MOST_KEY_BYTES && sscanf(text + 2 * count, "%2hhx", &key[count]) == 1) count++;
  free(text);
  if (count == 0) fail("is given no key");
  return count;
}

static void proveTampered(Token token, size_t index);

/** Every good token must be accepted, every tampered one rejected. */
static void prove(Pool pool) {
  work(pool.tokens, pool.count);
  if (countGood(pool.tokens, pool.count) != pool.count) fail("rejects a good token");
  for (size_t index = 0; index < PROOFS; index++) proveTampered(pool.tokens[index % pool.count], index);
}

/** In turn: another character in the signature, another in the payload, no signature at all. */
static void proveTampered(Token token, size_t index) {
  char *text = malloc(token.length + 1);
  if (!text) fail("has no memory left");
  memcpy(text, token.text, token.length + 1);
  size_t signature = signedLength(&token) + 1;
  size_t payload = (size_t)(strchr(text, '.') - text) + 1;
  size_t length = token.length;
  // The last character of a signature has bits that mean nothing.
  size_t place = index % 3 == 0 ? signature + index % (SIGNATURE_LENGTH - 1) : payload + index % (signature - 1 - payload);
  if (index % 3 < 2) {
    text[place] = text[place] == 'A' ? 'B' : 'A';
  } else {
    length = signature;
    text[length] = 0;
  }
  Token tampered = {text, length};
  work(&tampered, 1);
  if (countGood(&tampered, 1) != 0) fail("accepts a tampered token");
  free(text);
}

static double nanoseconds(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

/** Goes through the whole pool again and again until the time is up, and prints ns per token: by the clock, and on the processor. */
static void timeRound(Pool pool, double atLeast, bool isCounted) {
  double start = nanoseconds(CLOCK_MONOTONIC), processorStart = nanoseconds(CLOCK_PROCESS_CPUTIME_ID), elapsed;
  size_t passes = 0;
  do {
    work(pool.tokens, pool.count);
    passes++;
    elapsed = nanoseconds(CLOCK_MONOTONIC) - start;
  } while (elapsed < atLeast);
  double onProcessor = nanoseconds(CLOCK_PROCESS_CPUTIME_ID) - processorStart;
  if (countGood(pool.tokens, pool.count) != pool.count) fail("rejects a good token while it is timed");
  double tokens = (double)(passes * pool.count);
  if (isCounted) printf("%.2f %.2f\n", elapsed / tokens, onProcessor / tokens);
}

bool endsInTag(const Token *token, const uint8_t tag[TAG_BYTES]) {
  static const char ALPHABET[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const char *signature = token->text + signedLength(token) + 1;
  unsigned difference = (unsigned char)signature[-1] ^ '.';
  for (size_t from = 0; from < TAG_BYTES - 2; from += 3, signature += 4) {
    uint32_t bits = (uint32_t)tag[from] << 16 | (uint32_t)tag[from + 1] << 8 | tag[from + 2];
    difference |= (unsigned)(ALPHABET[bits >> 18] ^ signature[0]) | (unsigned)(ALPHABET[bits >> 12 & 63] ^ signature[1]);
    difference |= (unsigned)(ALPHABET[bits >> 6 & 63] ^ signature[2]) | (unsigned)(ALPHABET[bits & 63] ^ signature[3]);
  }
  uint32_t bits = (uint32_t)tag[TAG_BYTES - 2] << 16 | (uint32_t)tag[TAG_BYTES - 1] << 8;
  difference |= (unsigned)(ALPHABET[bits >> 18] ^ signature[0]) | (unsigned)(ALPHABET[bits >> 12 & 63] ^ signature[1]);
  difference |= (unsigned)(ALPHABET[bits >> 6 & 63] ^ signature[2]);
  return difference == 0;
}
