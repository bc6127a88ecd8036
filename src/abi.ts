/**
 * The integers both compilers read: verdict codes, the layout of linear memory, limits.
 * One definition: asc reads an untyped `export const` as an immediate, tsc as a literal type.
 *
 * Linear memory, in bytes (all areas are fixed; only the heap at the end grows, and only for keys and options):
 *
 *     1 KiB    constants placed by the compiler
 *    16 KiB    the kernel's working set: K, message words, lane states, tags
 *    64 KiB    sorting tables, codes
 *   256 KiB    one record of 128 bytes for each token of a chunk
 *    96 KiB    signatures, set aside before padding overwrites them: 48 characters, and what HS384 and HS512 have beyond
 *     1 MiB    input: the tokens of a chunk, hashed where they lie
 *     1 MiB    payloads: decoded JSON of authentic tokens
 *    67 KiB    shapes of claims sets
 *   448 KiB    memory of first blocks
 *     rest     heap: contexts (options, remembered headers) and tables of keys
 */

// ---- limits ------------------------------------------------------------------------------------------------------

/** Tokens in one engine call. */
export const CHUNK_TOKENS = 1024;
/** The largest `maxTokenLength` there can be, in bytes. */
export const LARGEST_TOKEN = 262144;
/** The longest secret of a key, in bytes. */
export const LARGEST_SECRET = 65536;
/** Free bytes behind each token: room for HMAC padding and for vector reads past its end. */
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
/** Judged behind MALFORMED, before the header. Numbers that were published stay, so that it comes last here. */
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
export const OUTSIDE = 252;
/** Engine only: still to be judged, with SHA-256. */
export const PENDING = 254;
/** Engine only: still to be judged, with SHA-512. */
export const PENDING_512 = 253;
/** Engine only: a NumericDate that only the host's `Number()` converts exactly. */
export const DEFERRED = 255;

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
export const WORDS = 17408;
/** Eight state words, lane-wise. */
export const STATE = 17664;
/** Inner digests, lane-wise, collected while lanes end at different blocks. */
export const DIGEST = 17792;
/** Five MACs of 32 bytes, or three of 64, in byte order. */
export const TAGS = 17920;
/** The state of the message that is hashed in scalar registers. */
export const SCALAR_STATE = 18112;
/** Where the kernels pin their rounds: 16 bytes of a vector, 4 or 8 of a scalar, never read. */
export const PINNED = 18144;
/** The initial hash value (FIPS 180-4 §5.3.3), one message's form. */
export const INITIAL_STATE = 18176;
/** Two 64-byte blocks for short messages and keys, or one of 128. */
export const BLOCK = 18240;
/** The message schedule of one message, 64 words, and the same with the round constants added. */
export const SCHEDULE = 18432;
/** The same of SHA-512: the state of the message in scalar registers, and 80 words twice. */
export const SCALAR_STATE_512 = 18944;
export const SCHEDULE_512 = 19008;
export const SCHEDULE_512_END = 20288;
/** One byte a nesting level: is it an object? */
export const NESTING = 20480;
/** Hashes of a header's member names. */
export const HEADER_NAMES = 28672;
/** A header with more members is MALFORMED: each name is compared with all before it. */
export const MOST_HEADER_MEMBERS = 64;

// ---- sorting, and what the host reads of a chunk -------------------------------------------------------------------

/** Tokens by number of blocks: u32 counts, then u32 places. A token of LARGEST_TOKEN bytes has 4097 blocks. */
export const BLOCK_COUNTS = 40960;
export const BLOCK_COUNTS_ROOM = 5120;
/** Token numbers in the order of their length, u32. */
export const ORDER = 61440;
/** What accepted tokens are looked up by among those revoked: u32 hash of `jti` and `iss`, u32 hash of `jti` alone, u32 record. */
export const LOOKUPS = 65536;
export const LOOKUP_BYTES = 12;
/** For the host: how many tokens are deferred, and how many have a code that does not name their claim. */
export const DEFERRED_COUNT = 80000;
export const FAULT_COUNT = 80004;
/** For the host: how many tokens are the platform's to verify. */
export const OUTSIDE_COUNT = 80008;
/** From the host: the address of the list of what is revoked that the next call looks at, or 0. */
export const REVOCATIONS = 80012;
/** Verdict codes of the chunk, u8. */
export const CODES = 80128;
/** By whose rules each token was judged, u16: the number of its context. Only of those whose issuer is known. */
export const ISSUERS = 81152;

// ---- one token's record ----------------------------------------------------------------------------------------------
//
//    0       4        8            12       16       20       24        28         32
//    | start | length | signing    | blocks | inner  | key    | payload | payload  |
//    |       |        | length     |        | state  | record | start   | length   |
//
//    32    40    48    56      60       64      68                          108      112     116     120
//    | exp | nbf | iat | flags | denied | miss  | iss aud sub jti nonce      | absent | shape | stamp |
//    | f64 | f64 | f64 |       | claim  |       | (start, length) each       |        |       |       |
//
//    120        124
//    | rules'   |
//    | context  |

export const RECORDS = 98304;
export const RECORD_BYTES = 128;
export const RECORD_START = 0;
export const RECORD_LENGTH = 4;
export const RECORD_SIGNING_LENGTH = 8;
export const RECORD_BLOCKS = 12;
export const RECORD_INNER = 16;
/** Of an accepted token, which is hashed: the number of its issuer in a revocation list. */
export const RECORD_REVOKED_ISSUER = 12;
export const RECORD_KEY = 20;
export const RECORD_PAYLOAD = 24;
export const RECORD_PAYLOAD_LENGTH = 28;
/** exp, nbf, iat as doubles; a deferred one as (start, length) of its text. */
export const RECORD_TIMES = 32;
export const RECORD_FLAGS = 56;
/** Which claim a rejection is about. */
export const RECORD_CLAIM = 60;
/** What was not remembered yet: bit 0 the header, bit 1 the first block, bit 2 the header's form; bit 3: its first key was not the right one. */
export const RECORD_MISSES = 64;
/** Until the claims are scanned: the name that selects a key, its length and hash, and the algorithm of a header's form. */
export const RECORD_NAME = 68;
export const RECORD_NAME_LENGTH = 72;
export const RECORD_NAME_HASH = 76;
export const RECORD_NAME_ALGORITHM = 80;
/** Until then as well: the issuer's record, where it is known before its turn. */
export const RECORD_ISSUER = 84;
/** (start, length) of iss, aud, sub, jti, nonce: bytes between the quotes, or the whole array. */
export const RECORD_TEXTS = 68;
/** The number of the first required claim that is absent, or -1. */
export const RECORD_ABSENT = 108;
/** The shape that the claims set fits, or 0, and its stamp. */
export const RECORD_SHAPE = 112;
export const RECORD_STAMP = 116;
/** The context by whose rules the token is judged: the verifier's, or that of its issuer. */
export const RECORD_CONTEXT = 120;

// Flags: bit n claim n is there; bit 8 + n its type is right; bit 16 + n it needs unescaping, or a deferred number.
export const FLAG_TYPED = 8;
export const FLAG_RAW = 16;
export const FLAG_NON_ASCII = 16777216;
export const FLAG_AUD_ARRAY = 33554432;
/** The bits of deferred numbers: exp, nbf, iat. */
export const FLAGS_DEFERRED = 458752;

export const MISSED_HEADER = 1;
export const MISSED_BLOCK = 2;
export const MISSED_FORM = 4;
/** Its signature is not of the key that it selected; another one is tried. */
export const MISSED_KEY = 8;

// ---- the large areas ----------------------------------------------------------------------------------------------------

export const SIGNATURES = 360448;
/** The first 48 characters of each: all of HS256's. */
export const SIGNATURE_BYTES = 48;
/** The next 48: the rest of HS384's and HS512's. */
export const SIGNATURE_RESTS = 409600;
export const INPUT = 458752;
export const INPUT_BYTES = 1048576;
export const PAYLOADS = 1507328;
export const PAYLOADS_BYTES = 1048576;
/**
 * Names that select keys, until payloads are decoded: behind the longest header, what is unescaped of it, and its `typ` once more in lower
 * case, each of which may be three quarters of LARGEST_TOKEN. CHUNK_TOKENS names of 272 bytes fit behind it.
 */
export const NAMES = 2195456;
/** Remembered shapes of claims sets: 96 bytes of what is known of it, its text, its mask. */
export const SHAPES = 2555904;
export const SHAPE_ENTRIES = 32;
export const SHAPE_BYTES = 2144;
export const SHAPE_LENGTH = 4;
/** Another one for each shape that is learnt. */
export const SHAPE_STAMP = 8;
export const SHAPE_TEXT = 96;
export const SHAPE_MASK = 1120;
/** The longest claims set that has a shape, in bytes. */
export const SHAPE_ROOM = 1024;
/** Remembered first blocks, enough for the keys of a thousand issuers. */
export const FIRST_BLOCKS = 2624512;
export const FIRST_BLOCK_ENTRIES = 4096;
/** One first block: 64 bytes of text, 32 of midstate, u32 key, u32 last miss, u32 uses. */
export const FIRST_BLOCK_BYTES = 112;
export const HEAP = 3083264;

// ---- a verifier's context -----------------------------------------------------------------------------------------------
//
// Lists are (address, count) of entries: u32 length, u32 mark, bytes, padded to 8.

export const CONTEXT_OPTIONS = 0;
export const CONTEXT_ALGORITHMS = 4;
export const CONTEXT_TOLERANCE = 8;
export const CONTEXT_MAX_AGE = 16;
export const CONTEXT_MAX_LIFETIME = 24;
/** Lists of expected values: iss, aud, sub, jti, nonce. */
export const CONTEXT_EXPECTED = 32;
export const CONTEXT_REQUIRED = 72;
export const CONTEXT_TYP = 80;
/** Where it remembers headers, or 0: a verifier that is used once remembers none. */
export const CONTEXT_HEADERS = 88;
/** Where it remembers forms of headers, or 0. */
export const CONTEXT_FORMS = 92;
/** The first of the keys for tokens without `kid`, or 0. */
export const CONTEXT_DEFAULT_KEY = 96;
/** The table of keys by their names, or 0, and its version when headers were remembered. */
export const CONTEXT_KEY_TABLE = 100;
export const CONTEXT_KEY_TABLE_VERSION = 104;
/** An entry with the name of the claim that keys are selected by, or 0 where that is `kid`. */
export const CONTEXT_KEY_CLAIM = 108;
/** Its number among the issuers of a verifier. */
export const CONTEXT_NUMBER = 112;
/** Contexts of the same class share the shapes of claims sets. */
export const CONTEXT_SHAPE_CLASS = 116;
/** The table of issuers by `iss`, each with its context, or 0. */
export const CONTEXT_ISSUERS = 120;
/** How many headers it remembers, less one: a power of two. */
export const CONTEXT_HEADER_MASK = 124;
/** The list of understood extensions; before it are the two lines that each token needs. */
export const CONTEXT_CRIT = 128;
/** Without lists. */
export const CONTEXT_BYTES = 136;

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

/** Remembered headers: u32 length, u32 key record, text with its dot. */
export const HEADER_ENTRIES = 16;
/** In the context of one of many issuers, so that those of a thousand stay near. */
export const ISSUER_HEADER_ENTRIES = 4;
export const HEADER_BYTES = 288;
export const HEADER_TEXT = 16;
export const HEADER_TEXT_ROOM = 240;
/** Forms of headers: u32 algorithm, prefix length, suffix length, how many were learnt; the text before a `kid`, and after it. */
export const FORM_ENTRIES = 2;
export const FORM_PREFIX = 16;
export const FORM_SUFFIX = 144;
export const FORM_TEXT_ROOM = 128;
export const FORM_BYTES = 272;

// ---- a table of names -----------------------------------------------------------------------------------------------------
//
// Open addressing; a slot is u32 hash, u32 record, 0 where it is free. What it names are keys, or issuers.

export const TABLE_SLOTS = 0;
/** The number of slots, less one. */
export const TABLE_MASK = 4;
export const TABLE_COUNT = 8;
/** Another one whenever a name comes to mean another record, or none. */
export const TABLE_VERSION = 12;
export const TABLE_BYTES = 16;
export const SLOT_BYTES = 8;
/** A table of more slots does not stay in the nearest caches: look-ups of a chunk are made side by side. */
export const LARGE_TABLE = 4096;

// ---- a key record ----------------------------------------------------------------------------------------------------------

/**
 * Sixteen bytes of fields; the hash's state after the ipad block, after the opad block (RFC 2104); then mostly the name. An issuer's record
 * has something else in the first word.
 */
export const KEY_ALGORITHM = 0;
/** The record's own length in lines of 64 bytes, u8. */
export const KEY_LINES = 1;
/** Has a first block been remembered under this key? u8. */
export const KEY_TAUGHT = 2;
/** The next key of the same name, of another algorithm; of keys for tokens that name none: the next one of these, of any. u32, 0 after the last. */
export const KEY_NEXT = 4;
export const KEY_NAME = 8;
/** u16. */
export const KEY_NAME_LENGTH = 12;
/** Has it been used since that was asked last? u8. Of a name, the first key's. */
export const KEY_USED = 14;
/** Is it being entered into the table, with others perhaps? u8. */
export const KEY_FRESH = 15;
export const KEY_INNER = 16;
export const KEY_OUTER = 48;
export const KEY_BYTES = 80;
/** Where states have 64 bytes. */
export const KEY_OUTER_512 = 80;
export const KEY_BYTES_512 = 144;

/** An issuer's record: the address of its context, in place of an algorithm; its name as a key has it. */
export const ISSUER_CONTEXT = 0;
export const ISSUER_BYTES = 16;

// ---- a list of what is revoked ------------------------------------------------------------------------------------------------

export const REVOCATIONS_SLOTS = 0;
/** The number of slots, less one. */
export const REVOCATIONS_MASK = 4;
export const REVOCATIONS_COUNT = 8;
/** The table of the issuers' names; 0 while there are none. Their records begin with their numbers, from 1 to 65,535. */
export const REVOCATIONS_ISSUERS = 12;
/** How many entries there are of each kind, for one issuer and for any. */
export const REVOCATIONS_OF_ONE = 16;
export const REVOCATIONS_OF_ANY = 32;
/** A byte a slot: 0 where it is free, else some bits of its hash; behind them the first sixteen once more. */
export const REVOCATIONS_TAGS = 48;
export const REVOCATIONS_BYTES = 64;
export const TAG_GROUP = 16;

export const REVOKED_TOKEN = 0;
export const REVOKED_SUBJECT = 1;
export const REVOKED_KEY = 2;
export const REVOKED_ISSUE = 3;

/** An entry: u32 the second it ends with, u16 issuer, 14 bits length of the name, 2 bits kind; f64 but for tokens; the name. */
export const REVOKED_UNTIL = 0;
export const REVOKED_WHAT = 4;
export const REVOKED_BEFORE = 8;
/** Bytes of a name. */
export const LONGEST_REVOKED = 16383;
/** The end of an entry that has none. */
export const REVOKED_FOREVER = 4294967295;

/** One entry of a list: u32 length, u32 mark, then the bytes. */
export const ENTRY_MARK = 4;
export const ENTRY_TEXT = 8;
