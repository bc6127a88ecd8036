/**
 * The integers both compilers read: verdict codes, the layout of linear memory, limits.
 * One definition: asc reads an untyped `export const` as an immediate, sums of others included.
 *
 * Linear memory, in bytes (all areas are fixed; only the heap at the end grows, and only for keys and options):
 *
 *    15 KiB    constants placed by the compiler, from 1 KiB on
 *     4 KiB    the kernel's working set: K, message words, lane states, tags
 *    44 KiB    nesting, sorting tables, look-ups
 *     3 KiB    codes and issuers of a chunk
 *   128 KiB    one record of 128 bytes for each token of a chunk
 *    96 KiB    signatures, set aside before padding overwrites them: 48 characters, and what HS384 and HS512 have beyond
 *     1 MiB    input: the tokens of a chunk, hashed where they lie
 *     1 MiB    payloads: decoded JSON of authentic tokens
 *    67 KiB    shapes of claims sets
 *   448 KiB    memory of first blocks
 *     rest     heap: contexts (options, remembered headers) and tables of keys
 *
 * Each area begins where the one before it ends, each field after the one before it: to add one, put it in its place, give it its
 * size, and let the next one begin after it. Areas are whole lines of 64 bytes, or share one with the next.
 */

// ---- limits ------------------------------------------------------------------------------------------------------

/** Tokens in one engine call. */
export const CHUNK_TOKENS = 1024;
/** The largest `maxTokenLength` there can be, in bytes. */
export const LARGEST_TOKEN = 262144;
/** The longest secret of a key, in bytes. */
export const LARGEST_SECRET = 65536;
/** Free bytes after each token: room for HMAC padding and for vector reads past its end. */
export const TOKEN_SLACK = 64;
/** A `kid` longer than this is MALFORMED, in bytes. */
export const LARGEST_KID = 256;
/** Levels of nesting in a header or a payload, the outermost object included. */
export const DEEPEST_NESTING = 128;
/** Levels the JSON scanner has room for when it is used alone. */
export const NESTING_ROOM = 8192;

// ---- verdict codes, in the order of judgement ----------------------------------------------------------------------

export const ACCEPTED = 0;
export const TOKEN_TOO_LONG = 1;
export const MALFORMED = 2;
export const CRITICAL_HEADER_UNSUPPORTED = 3;
export const TYPE_MISMATCH = 4;
export const ALGORITHM_NOT_ALLOWED = 5;
export const KEY_NOT_FOUND = 6;
export const BAD_SIGNATURE = 7;
export const CLAIM_INVALID = 8;
export const EXPIRED = 9;
export const NOT_YET_VALID = 10;
export const ISSUED_IN_FUTURE = 11;
export const TOO_OLD = 12;
export const LIFETIME_TOO_LONG = 13;
export const ISSUER_MISMATCH = 14;
export const AUDIENCE_MISMATCH = 15;
export const SUBJECT_MISMATCH = 16;
export const JWT_ID_MISMATCH = 17;
export const NONCE_MISMATCH = 18;
export const CLAIM_MISSING = 19;
export const VALIDATION_FAILED = 20;
/** Judged after MALFORMED, before the header. Numbers that were published stay, so that it comes last here. */
export const ISSUER_NOT_FOUND = 21;
/** Of a token that is good but for what became of it since: judged last of all. */
export const REVOKED = 22;
export const REVOCATION_STALE = 23;
export const REPLAYED = 24;
export const REPLAY_GUARD_FULL = 25;
export const KEY_UNAVAILABLE = 26;
/** How many codes there are. */
export const CODE_COUNT = 27;

/** Engine only: well-formed, its key that of an algorithm of the platform: the host has its signature verified. */
export const NEEDS_PLATFORM = 252;
/** Engine only: still to be judged, with SHA-256. */
export const PENDING = 254;
/** Engine only: still to be judged, with SHA-512. */
export const PENDING_512 = 253;
/** Engine only: a NumericDate that only the host's `Number()` converts exactly. */
export const NEEDS_NUMBER = 255;

// ---- algorithms (RFC 7518 §3.1) ------------------------------------------------------------------------------------

export const ALGORITHM_NONE = 0;
/** Families of three: with SHA-256, SHA-384, SHA-512. From RS256 on the platform verifies, not the engine. */
export const ALGORITHM_HS256 = 1;
export const ALGORITHM_HS384 = 2;
export const ALGORITHM_HS512 = 3;
export const ALGORITHM_RS256 = 4;
export const ALGORITHM_PS256 = 7;
export const ALGORITHM_ES256 = 10;
/** RFC 8037 §3.1. */
export const ALGORITHM_EDDSA = 13;

// ---- registered claims: their number is their bit ----------------------------------------------------------------

export const CLAIM_EXP = 0;
export const CLAIM_NBF = 1;
export const CLAIM_IAT = 2;
export const CLAIM_ISS = 3;
export const CLAIM_AUD = 4;
export const CLAIM_SUB = 5;
export const CLAIM_JTI = 6;
export const CLAIM_NONCE = 7;
/** Not a registered claim; in a verdict: 8 + n names the n-th required claim. */
export const CLAIM_OTHER = 8;

// ---- the kernel's working set --------------------------------------------------------------------------------------

/** The 64 round constants, each in all four lanes. */
export const ROUND_CONSTANTS = 16384;
/** Sixteen message words, lane-wise: four of 32 bits, or two of 64. */
export const WORDS = ROUND_CONSTANTS + 64 * 16;
/** Eight state words, lane-wise. */
export const STATE = WORDS + 16 * 16;
/** Inner digests, lane-wise, collected while lanes end at different blocks. */
export const DIGEST = STATE + 8 * 16;
/** Five MACs of 32 bytes, or three of 64, in byte order. */
export const TAGS = DIGEST + 8 * 16;
/** The state of the message that is hashed in scalar registers. */
export const SCALAR_STATE = TAGS + 3 * 64;
/** Where the kernels pin their rounds: 16 bytes of a vector, 4 or 8 of a scalar, never read. */
export const PINNED = SCALAR_STATE + 32;
/** The initial hash value (FIPS 180-4 §5.3.3), one message's form: half a line. */
export const INITIAL_STATE = PINNED + 32;
/** Two 64-byte blocks for short messages and keys, or one of 128. */
export const BLOCK = INITIAL_STATE + 64;
/** The message schedule of one message, 64 words, and the same with the round constants added. */
export const SCHEDULE = BLOCK + 128;
export const SCHEDULE_BYTES = 512;
/** The same of SHA-512: the state of the message in scalar registers, and 80 words twice. */
export const SCALAR_STATE_512 = SCHEDULE + SCHEDULE_BYTES;
export const SCHEDULE_512 = SCALAR_STATE_512 + 64;
export const SCHEDULE_512_END = SCHEDULE_512 + 2 * 80 * 8;

// ---- parsing, sorting, look-ups ------------------------------------------------------------------------------------

/** A header with more members is MALFORMED: each name is compared with all before it. */
export const MOST_HEADER_MEMBERS = 64;
/** Hashes of a header's member names. @alias */
export const HEADER_NAMES = SCHEDULE_512_END;
/** One byte a nesting level: is it an object? */
export const NESTING = HEADER_NAMES + 4 * MOST_HEADER_MEMBERS;
/** Tokens by number of blocks: u32 counts, then u32 places. A token of LARGEST_TOKEN bytes has 4097 blocks. */
export const BLOCK_COUNTS = NESTING + NESTING_ROOM;
export const BLOCK_COUNTS_ROOM = 5120;
/** Token numbers in the order of their length, u32. */
export const ORDER = BLOCK_COUNTS + 4 * BLOCK_COUNTS_ROOM;
/** What accepted tokens are looked up by among those revoked: u32 hash of `jti` and `iss`, u32 hash of `jti` alone, u32 record. */
export const LOOKUPS = ORDER + 4 * CHUNK_TOKENS;
export const LOOKUP_BYTES = 12;

// ---- the engine's state --------------------------------------------------------------------------------------------
//
// All that steps leave for later ones, a word each: there are no variables of modules, but for the key of `sipHash.ts`.

/** What the host and the engine tell each other of a chunk. */
/** For the host: how many tokens are deferred, and how many have a code that does not name their claim. */
export const NEEDS_NUMBER_COUNT = LOOKUPS + CHUNK_TOKENS * LOOKUP_BYTES;
export const FAULT_COUNT = NEEDS_NUMBER_COUNT + 4;
/** For the host: how many tokens are the platform's to verify. */
export const NEEDS_PLATFORM_COUNT = FAULT_COUNT + 4;
/** From the host: the address of the list of what is revoked that the next call looks at, or 0. */
export const REVOCATIONS = NEEDS_PLATFORM_COUNT + 4;
/** Where the next authentic payload goes. */
export const NEXT_PAYLOAD = REVOCATIONS + 4;
/** How many tokens of the chunk are PENDING_512, and how many, by one hash, are to be tried with another key. */
export const PENDING_512_COUNT = NEXT_PAYLOAD + 4;
export const RETRY_COUNT = PENDING_512_COUNT + 4;
/** The largest number of blocks that was counted. */
export const MOST_BLOCKS = RETRY_COUNT + 4;
/** Have the names of the chunk's tokens been looked up before they are needed? */
export const ARE_NAMES_REACHED = MOST_BLOCKS + 4;
/** The issuer's record that the token before has named, within a chunk: tokens of one issuer often come one after the other. */
export const LATEST_ISSUER = ARE_NAMES_REACHED + 4;

/** How many tokens of the chunk are to be looked up by their `jti`; and of what kinds the list has entries: bits, 4 of one issuer, 4 of any. */
export const LOOKUP_COUNT = LATEST_ISSUER + 4;
export const REVOKED_KINDS = LOOKUP_COUNT + 4;
/** `iss` of the token before, within a chunk, and its number in the list. */
export const LATEST_NAME = REVOKED_KINDS + 4;
export const LATEST_NAME_LENGTH = LATEST_NAME + 4;
export const LATEST_NUMBER = LATEST_NAME_LENGTH + 4;
/** The rules of that token where they expect one `iss` and no other, so that all that are accepted have it; else 0. */
export const LATEST_CONTEXT = LATEST_NUMBER + 4;

/** Did strings since the last reset hold an escape, a character beyond ASCII? */
export const SAW_ESCAPE = LATEST_CONTEXT + 4;
export const SAW_NON_ASCII = SAW_ESCAPE + 4;

/** The header that was parsed last: its algorithm, and whether it says that the payload is not encoded. */
export const PARSED_ALGORITHM = SAW_NON_ASCII + 4;
export const PARSED_UNENCODED = PARSED_ALGORITHM + 4;
/** Texts of it, u64 as in `span.ts`; 0 where a member is absent. `typ` if it is a string, `crit` as it is written. */
export const PARSED_KID = PARSED_UNENCODED + 4;
export const PARSED_TYP = PARSED_KID + 8;
export const PARSED_CRIT = PARSED_TYP + 8;
/** Free memory after it, for what is unescaped. */
export const PARSED_SCRATCH = PARSED_CRIT + 8;

/** Of first blocks, from one chunk to the next: looks and finds since the last decision; chunks in which looking was in vain, or rested. */
export const BLOCK_LOOKS = PARSED_SCRATCH + 4;
export const BLOCK_FINDS = BLOCK_LOOKS + 4;
export const CHUNKS_IN_VAIN = BLOCK_FINDS + 4;
/** Has one ever been learnt? */
export const HAS_LEARNT_BLOCKS = CHUNKS_IN_VAIN + 4;
/** The stamp of the shape that was learnt last. */
export const LATEST_STAMP = HAS_LEARNT_BLOCKS + 4;

// ---- what the host reads of a chunk's tokens -------------------------------------------------------------------------

/** Verdict codes of the chunk, u8: in lines of their own. */
export const CODES = (LATEST_STAMP + 4 + 63) & ~63;
/** By whose rules each token was judged, u16: the number of its context. Only of those whose issuer is known. */
export const ISSUERS = CODES + CHUNK_TOKENS;

// ---- one token's record ----------------------------------------------------------------------------------------------
//
//    0       4        8         12       16      20       24        28
//    | start | length | signing | blocks | inner | key    | payload | payload |
//    |       |        | length  |        | state | record | start   | length  |
//
//    32    40    48    56      60       64       68                           108      112     116     120       124
//    | exp | nbf | iat | flags | denied | misses | iss aud sub jti nonce      | absent | shape | stamp | rules'  | free
//    | f64 | f64 | f64 |       | claim  |        | (start, length) each       |        |       |       | context |
//
// Until the claims are scanned, their texts are room for the name that selects a key:
//
//    68     72       76     80          84
//    | name | length | hash | algorithm | issuer |

export const RECORDS = ISSUERS + 2 * CHUNK_TOKENS;
export const RECORD_BYTES = 128;
export const RECORD_START = 0;
export const RECORD_LENGTH = RECORD_START + 4;
export const RECORD_SIGNING_LENGTH = RECORD_LENGTH + 4;
export const RECORD_BLOCKS = RECORD_SIGNING_LENGTH + 4;
/** Of an accepted token, which is hashed: the number of its issuer in a revocation list. @alias */
export const RECORD_REVOKED_ISSUER = RECORD_BLOCKS;
export const RECORD_INNER = RECORD_BLOCKS + 4;
export const RECORD_KEY = RECORD_INNER + 4;
export const RECORD_PAYLOAD = RECORD_KEY + 4;
export const RECORD_PAYLOAD_LENGTH = RECORD_PAYLOAD + 4;
/** exp, nbf, iat as doubles; a deferred one as (start, length) of its text. */
export const RECORD_TIMES = RECORD_PAYLOAD_LENGTH + 4;
export const RECORD_FLAGS = RECORD_TIMES + 3 * 8;
/** Which claim a rejection is about. */
export const RECORD_CLAIM = RECORD_FLAGS + 4;
/** What was not remembered yet: bit 0 the header, bit 1 the first block, bit 2 the header's form; bit 3: its first key was not the right one. */
export const RECORD_MISSES = RECORD_CLAIM + 4;
/** (start, length) of iss, aud, sub, jti, nonce: bytes between the quotes, or the whole array. */
export const RECORD_TEXTS = RECORD_MISSES + 4;
/** Until the claims are scanned: the name that selects a key, its length and hash, and the algorithm of a header's form. @alias */
export const RECORD_NAME = RECORD_TEXTS;
export const RECORD_NAME_LENGTH = RECORD_NAME + 4;
export const RECORD_NAME_HASH = RECORD_NAME_LENGTH + 4;
export const RECORD_NAME_ALGORITHM = RECORD_NAME_HASH + 4;
/** Until then as well: the issuer's record, where it is known before its turn. */
export const RECORD_ISSUER = RECORD_NAME_ALGORITHM + 4;
/** The number of the first required claim that is absent, or -1. */
export const RECORD_ABSENT = RECORD_TEXTS + 5 * 8;
/** The shape that the claims set fits, or 0, and its stamp. */
export const RECORD_SHAPE = RECORD_ABSENT + 4;
export const RECORD_STAMP = RECORD_SHAPE + 4;
/** The context by whose rules the token is judged: the verifier's, or that of its issuer. */
export const RECORD_CONTEXT = RECORD_STAMP + 4;

// Flags: bit n claim n is there; bit 8 + n its type is right; bit 16 + n it needs unescaping, or a deferred number.
export const FLAG_TYPED = 8;
export const FLAG_RAW = 16;
export const FLAG_NON_ASCII = 16777216;
export const FLAG_AUD_ARRAY = 33554432;
/** The bits of deferred numbers: exp, nbf, iat. */
export const FLAGS_NEEDS_NUMBER = 458752;

export const MISSED_HEADER = 1;
export const MISSED_BLOCK = 2;
export const MISSED_FORM = 4;
/** Its signature is not of the key that it selected; another one is tried. */
export const MISSED_KEY = 8;

// ---- the large areas ----------------------------------------------------------------------------------------------------

export const SIGNATURES = RECORDS + CHUNK_TOKENS * RECORD_BYTES;
/** The first 48 characters of each: all of HS256's. */
export const SIGNATURE_BYTES = 48;
/** The next 48: the rest of HS384's and HS512's. */
export const SIGNATURE_RESTS = SIGNATURES + CHUNK_TOKENS * SIGNATURE_BYTES;
export const INPUT = SIGNATURE_RESTS + CHUNK_TOKENS * SIGNATURE_BYTES;
export const INPUT_BYTES = 1048576;
export const PAYLOADS = INPUT + INPUT_BYTES;
export const PAYLOADS_BYTES = 1048576;
/** A name of LARGEST_KID bytes, and what vectors write past it. */
export const NAME_ROOM = LARGEST_KID + 16;
/**
 * Names that select keys, until payloads are decoded: at the end of their area, after the longest header, what is unescaped of it, and its
 * `typ` once more in lower case, each of which may be three quarters of LARGEST_TOKEN.
 */
export const NAMES = PAYLOADS + PAYLOADS_BYTES - CHUNK_TOKENS * NAME_ROOM;

// ---- remembered shapes of claims sets --------------------------------------------------------------------------------
//
//    0       4        8       12     16      20     24             36     48                           88     96     1120
//    | class | length | stamp | uses | flags | wait | exp nbf iat  | free | iss aud sub jti nonce      | free | text | mask |
//    |       |        |       |      |       |      | (place) each |      | (place, length) each       |      |      |      |

export const SHAPES = PAYLOADS + PAYLOADS_BYTES;
export const SHAPE_ENTRIES = 32;
/** The longest claims set that has a shape, in bytes. */
export const SHAPE_ROOM = 1024;
export const SHAPE_CLASS = 0;
export const SHAPE_LENGTH = SHAPE_CLASS + 4;
/** Another one for each shape that is learnt. */
export const SHAPE_STAMP = SHAPE_LENGTH + 4;
export const SHAPE_USES = SHAPE_STAMP + 4;
export const SHAPE_FLAGS = SHAPE_USES + 4;
export const SHAPE_WAIT = SHAPE_FLAGS + 4;
export const SHAPE_TIMES = SHAPE_WAIT + 4;
/** A multiple of 16, as the two that follow: vectors are loaded. */
export const SHAPE_TEXTS = SHAPE_TIMES + 3 * 4 + 12;
export const SHAPE_TEXT = SHAPE_TEXTS + 5 * 8 + 8;
export const SHAPE_MASK = SHAPE_TEXT + SHAPE_ROOM;
export const SHAPE_BYTES = SHAPE_MASK + SHAPE_ROOM;

// ---- remembered first blocks -----------------------------------------------------------------------------------------
//
//    0      64          96    100         104
//    | text | midstate  | key | last miss | uses | free

/** Enough for the keys of a thousand issuers. */
export const FIRST_BLOCKS = SHAPES + SHAPE_ENTRIES * SHAPE_BYTES;
export const FIRST_BLOCK_ENTRIES = 4096;
export const FIRST_BLOCK_STATE = 64;
export const FIRST_BLOCK_KEY = FIRST_BLOCK_STATE + 32;
export const FIRST_BLOCK_LAST_MISS = FIRST_BLOCK_KEY + 4;
export const FIRST_BLOCK_USES = FIRST_BLOCK_LAST_MISS + 4;
/** A multiple of 16. */
export const FIRST_BLOCK_BYTES = FIRST_BLOCK_USES + 8;
export const HEAP = FIRST_BLOCKS + FIRST_BLOCK_ENTRIES * FIRST_BLOCK_BYTES;

// ---- a verifier's context -----------------------------------------------------------------------------------------------
//
//    0         4            8           16        24             32                            72         80
//    | options | algorithms | tolerance | max age | max lifetime | iss aud sub jti nonce       | required | typ  |
//    |         | (bits)     | f64       | f64     | f64          | (list) each                 | list     | list |
//
//    88        92      96        100     104       108     112      116     120       124      128
//    | headers | forms | default | key   | its     | key   | number | shape | issuers | header | crit |
//    |         |       | key     | table | version | claim |        | class |         | mask   | list |
//
// Lists are (address, count) of entries: u32 length, u32 mark, bytes, padded to 8.

export const LIST_BYTES = 8;
export const CONTEXT_OPTIONS = 0;
export const CONTEXT_ALGORITHMS = CONTEXT_OPTIONS + 4;
export const CONTEXT_TOLERANCE = CONTEXT_ALGORITHMS + 4;
export const CONTEXT_MAX_AGE = CONTEXT_TOLERANCE + 8;
export const CONTEXT_MAX_LIFETIME = CONTEXT_MAX_AGE + 8;
/** Lists of expected values: iss, aud, sub, jti, nonce. */
export const CONTEXT_EXPECTED = CONTEXT_MAX_LIFETIME + 8;
export const CONTEXT_REQUIRED = CONTEXT_EXPECTED + 5 * LIST_BYTES;
export const CONTEXT_TYP = CONTEXT_REQUIRED + LIST_BYTES;
/** Where it remembers headers, or 0: a verifier that is used once remembers none. */
export const CONTEXT_HEADERS = CONTEXT_TYP + LIST_BYTES;
/** Where it remembers forms of headers, or 0. */
export const CONTEXT_FORMS = CONTEXT_HEADERS + 4;
/** The first of the keys for tokens without `kid`, or 0. */
export const CONTEXT_DEFAULT_KEY = CONTEXT_FORMS + 4;
/** The table of keys by their names, or 0, and its version when headers were remembered. */
export const CONTEXT_KEY_TABLE = CONTEXT_DEFAULT_KEY + 4;
export const CONTEXT_KEY_TABLE_VERSION = CONTEXT_KEY_TABLE + 4;
/** An entry with the name of the claim that keys are selected by, or 0 where that is `kid`. */
export const CONTEXT_KEY_CLAIM = CONTEXT_KEY_TABLE_VERSION + 4;
/** Its number among the issuers of a verifier. */
export const CONTEXT_NUMBER = CONTEXT_KEY_CLAIM + 4;
/** Contexts of the same class share the shapes of claims sets. */
export const CONTEXT_SHAPE_CLASS = CONTEXT_NUMBER + 4;
/** The table of issuers by `iss`, each with its context, or 0. */
export const CONTEXT_ISSUERS = CONTEXT_SHAPE_CLASS + 4;
/** How many headers it remembers, less one: a power of two. */
export const CONTEXT_HEADER_MASK = CONTEXT_ISSUERS + 4;
/** The list of understood extensions; before it are the two lines that each token needs. */
export const CONTEXT_CRIT = CONTEXT_HEADER_MASK + 4;
/** Without lists. */
export const CONTEXT_BYTES = CONTEXT_CRIT + LIST_BYTES;

export const OPTION_MAX_AGE = 1;
export const OPTION_MAX_LIFETIME = 2;
export const OPTION_IGNORE_EXP = 4;
export const OPTION_IGNORE_NBF = 8;
/** The only key has no `kid`: a token's `kid` is not looked at. */
export const OPTION_ANY_KID = 16;
/** Expected values are no part of a shape, which other issuers' contexts share: they are judged each time. */
export const OPTION_SHARED_SHAPES = 32;
/** The claim that keys are selected by is a registered one, which the scan allows only once. */
export const OPTION_REGISTERED_CLAIM = 64;
/** The table of keys may change while the context stays. */
export const OPTION_CHANGING_KEYS = 128;
/** `jti`, if it is there, must be a string. */
export const OPTION_TEXT_ID = 256;
/** Payloads are bytes, and may be empty: no claims are looked for, and nothing is judged of them. */
export const OPTION_BYTES = 512;

// Remembered headers:
//
//    0        4         8      16
//    | length | meaning | free | text with its dot |

export const HEADER_ENTRIES = 16;
/** In the context of one of many issuers, so that those of a thousand stay near. */
export const ISSUER_HEADER_ENTRIES = 4;
export const HEADER_LENGTH = 0;
/** The key that it selects, or its algorithm where a claim selects the key. */
export const HEADER_MEANING = HEADER_LENGTH + 4;
export const HEADER_TEXT = HEADER_MEANING + 12;
export const HEADER_TEXT_ROOM = 240;
/** With what vectors read past the text. */
export const HEADER_BYTES = HEADER_TEXT + HEADER_TEXT_ROOM + 32;

// Forms of headers:
//
//    0           4               8               12       16                     144
//    | algorithm | prefix length | suffix length | learnt | text before a `kid`  | text after it |

export const FORM_ENTRIES = 2;
export const FORM_TEXT_ROOM = 128;
export const FORM_ALGORITHM = 0;
export const FORM_PREFIX_LENGTH = FORM_ALGORITHM + 4;
export const FORM_SUFFIX_LENGTH = FORM_PREFIX_LENGTH + 4;
/** In the context's first form: how many have been learnt. */
export const FORM_LEARNT = FORM_SUFFIX_LENGTH + 4;
export const FORM_PREFIX = FORM_LEARNT + 4;
export const FORM_SUFFIX = FORM_PREFIX + FORM_TEXT_ROOM;
export const FORM_BYTES = FORM_SUFFIX + FORM_TEXT_ROOM;

// ---- a table of names -----------------------------------------------------------------------------------------------------
//
// Open addressing; a slot is u32 hash, u32 record, 0 where it is free. What it names are keys, or issuers.

export const TABLE_SLOTS = 0;
/** The number of slots, less one. */
export const TABLE_MASK = TABLE_SLOTS + 4;
export const TABLE_COUNT = TABLE_MASK + 4;
/** Another one whenever a name comes to mean another record, or none. */
export const TABLE_VERSION = TABLE_COUNT + 4;
export const TABLE_BYTES = TABLE_VERSION + 4;
export const SLOT_BYTES = 8;
/** A table of more slots does not stay in the nearest caches: look-ups of a chunk are made side by side. */
export const LARGE_TABLE = 4096;

// ---- a key record ----------------------------------------------------------------------------------------------------------
//
//    0           1       2        3      4      8      12       14     15
//    | algorithm | lines | taught | free | next | name | name   | used | fresh |
//    |           |       |        |      |      |      | length |      |       |
//
//    16                      48                      80
//    | after the ipad block  | after the opad block  | mostly the name       with SHA-256: states of 32 bytes
//
//    16                      80                      144
//    | after the ipad block  | after the opad block  | mostly the name       with SHA-384 and SHA-512: of 64

export const KEY_ALGORITHM = 0;
/** The record's own length in lines of 64 bytes, u8. */
export const KEY_LINES = KEY_ALGORITHM + 1;
/** Has a first block been remembered under this key? u8. */
export const KEY_TAUGHT = KEY_LINES + 1;
/** The next key of the same name, of another algorithm; of keys for tokens that name none: the next one of these, of any. u32, 0 after the last. */
export const KEY_NEXT = KEY_TAUGHT + 2;
export const KEY_NAME = KEY_NEXT + 4;
/** u16. */
export const KEY_NAME_LENGTH = KEY_NAME + 4;
/** Has it been used since that was asked last? u8. Of a name, the first key's. */
export const KEY_USED = KEY_NAME_LENGTH + 2;
/** Is it being entered into the table, with others perhaps? u8. */
export const KEY_FRESH = KEY_USED + 1;
/** The hash's state after the ipad block, and after the opad block (RFC 2104). */
export const KEY_INNER = KEY_FRESH + 1;
export const KEY_OUTER = KEY_INNER + 32;
export const KEY_BYTES = KEY_OUTER + 32;
/** Where states have 64 bytes. */
export const KEY_OUTER_512 = KEY_INNER + 64;
export const KEY_BYTES_512 = KEY_OUTER_512 + 64;

// An issuer's record: the address of its context in place of an algorithm, and its name where a key has it.

export const ISSUER_CONTEXT = 0;
export const ISSUER_BYTES = KEY_FRESH + 1;

// ---- a list of what is revoked ------------------------------------------------------------------------------------------------

export const REVOCATIONS_SLOTS = 0;
/** The number of slots, less one. */
export const REVOCATIONS_MASK = REVOCATIONS_SLOTS + 4;
export const REVOCATIONS_COUNT = REVOCATIONS_MASK + 4;
/** The table of the issuers' names; 0 while there are none. Their records begin with their numbers, from 1 to 65,535. */
export const REVOCATIONS_ISSUERS = REVOCATIONS_COUNT + 4;
/** How many entries there are of each kind, for one issuer and for any. */
export const REVOCATIONS_OF_ONE = REVOCATIONS_ISSUERS + 4;
export const REVOCATIONS_OF_ANY = REVOCATIONS_OF_ONE + 4 * 4;
/** A byte a slot: 0 where it is free, else some bits of its hash; after them the first sixteen once more. */
export const REVOCATIONS_TAGS = REVOCATIONS_OF_ANY + 4 * 4;
/** A line. */
export const REVOCATIONS_BYTES = REVOCATIONS_TAGS + 16;
export const TAG_GROUP = 16;

export const REVOKED_TOKEN = 0;
export const REVOKED_SUBJECT = 1;
export const REVOKED_KEY = 2;
export const REVOKED_ISSUE = 3;

/** An entry: u32 the second it ends with, u16 issuer, 14 bits length of the name, 2 bits kind; f64 but for tokens; the name. */
export const REVOKED_UNTIL = 0;
export const REVOKED_WHAT = REVOKED_UNTIL + 4;
export const REVOKED_BEFORE = REVOKED_WHAT + 4;
/** Bytes of a name. */
export const LONGEST_REVOKED = 16383;
/** The end of an entry that has none. */
export const REVOKED_FOREVER = 4294967295;

/** One entry of a list: u32 length, u32 mark, then the bytes. */
export const ENTRY_MARK = 4;
export const ENTRY_TEXT = ENTRY_MARK + 4;
