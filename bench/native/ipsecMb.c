/**
 * Intel's ipsec-mb, which hashes many messages at once: tags alone, the limit that the processor sets. Tags are compared
 * outside what is timed.
 *
 * MANAGER (sse, avx, avx2, avx512), FEATURES and FLAGS say which of its implementations is built. Without
 * IMB_FLAG_SHANI_OFF a manager may take the SHA instructions instead of its vectors.
 */
#include "peer.h"

#include <intel-ipsec-mb.h>
#include <stdlib.h>
#include <string.h>

#define PASTE(left, right) left##right
#define INITIALISER(manager) PASTE(init_mb_mgr_, manager)

enum { BLOCK_BYTES = 64 };

static IMB_MGR *manager;
static uint8_t innerKey[TAG_BYTES], outerKey[TAG_BYTES];
static IMB_JOB jobs[IMB_MAX_BURST_SIZE];
static uint8_t *tags;

static void hashPadded(const Settings *settings, uint8_t pad, uint8_t state[TAG_BYTES]) {
  uint8_t block[BLOCK_BYTES] = {0};
  memcpy(block, settings->key, settings->keyLength);
  for (size_t place = 0; place < sizeof block; place++) block[place] ^= pad;
  IMB_SHA256_ONE_BLOCK(manager, block, state);
}

void prepare(const Settings *settings, size_t capacity) {
  manager = alloc_mb_mgr(FLAGS);
  tags = malloc(capacity * TAG_BYTES);
  if (!manager || !tags) fail("has no memory left");
  if ((manager->features & (FEATURES)) != (FEATURES)) fail("needs instructions that this processor does not have");
  INITIALISER(MANAGER)(manager);
  if (imb_get_errno(manager)) fail(imb_get_strerror(imb_get_errno(manager)));

  hashPadded(settings, 0x36, innerKey);
  hashPadded(settings, 0x5c, outerKey);
  for (size_t index = 0; index < IMB_MAX_BURST_SIZE; index++) {
    IMB_JOB *job = &jobs[index];
    job->cipher_mode = IMB_CIPHER_NULL;
    job->cipher_direction = IMB_DIR_ENCRYPT;
    job->chain_order = IMB_ORDER_HASH_CIPHER;
    job->hash_alg = IMB_AUTH_HMAC_SHA_256;
    job->auth_tag_output_len_in_bytes = TAG_BYTES;
    job->u.HMAC._hashed_auth_key_xor_ipad = innerKey;
    job->u.HMAC._hashed_auth_key_xor_opad = outerKey;
  }
}

/** A burst is done when the call returns; jobs of one length, or nearly, keep all lanes busy. */
void work(const Token *tokens, size_t count) {
  for (size_t from = 0; from < count; from += IMB_MAX_BURST_SIZE) {
    size_t size = count - from < IMB_MAX_BURST_SIZE ? count - from : IMB_MAX_BURST_SIZE;
    for (size_t index = 0; index < size; index++) {
      const Token *token = &tokens[from + index];
      jobs[index].src = (const uint8_t *)token->text;
      jobs[index].msg_len_to_hash_in_bytes = signedLength(token);
      jobs[index].auth_tag_output = &tags[(from + index) * TAG_BYTES];
    }
    IMB_SUBMIT_HASH_BURST_NOCHECK(manager, jobs, (uint32_t)size, IMB_AUTH_HMAC_SHA_256);
  }
}

size_t countGood(const Token *tokens, size_t count) {
  size_t good = 0;
  for (size_t index = 0; index < count; index++) good += endsInTag(&tokens[index], &tags[index * TAG_BYTES]);
  return good;
}
