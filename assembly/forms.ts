/**
 * Forms of headers. Where each device has a `kid` of its own, headers differ inside that string and nowhere else: such a header is held
 * against an earlier one instead of being parsed.
 *
 * A form is the text before the `kid` and the text behind it, of the header of an authentic token. Between them stands what a JSON string
 * holds unescaped, so what fits a form has the same members and has passed the same checks.
 */
import {
  CONTEXT_FORMS,
  FORM_ALGORITHM,
  FORM_BYTES,
  FORM_ENTRIES,
  FORM_LEARNT,
  FORM_PREFIX,
  FORM_PREFIX_LENGTH,
  FORM_SUFFIX,
  FORM_SUFFIX_LENGTH,
  FORM_TEXT_ROOM,
  LARGEST_KID,
} from "../src/abi";
import { notOrdinary } from "./json";
import { equalBytes } from "./text";

/** The form that the decoded header `[start, end)` fits, or 0. */
export function recallForm(context: usize, start: usize, end: usize): usize {
  let form: usize = load<u32>(context, CONTEXT_FORMS);
  if (!form) return 0;
  for (let index = 0; index < FORM_ENTRIES; index++, form += FORM_BYTES) {
    const prefix: usize = load<u32>(form, FORM_PREFIX_LENGTH);
    if (!prefix) return 0;
    const suffix: usize = load<u32>(form, FORM_SUFFIX_LENGTH);
    if (start + prefix + suffix > end || end - start - prefix - suffix > <usize>LARGEST_KID) continue;
    if (!equalBytes(form + FORM_PREFIX, start, prefix)) continue;
    if (equalBytes(form + FORM_SUFFIX, end - suffix, suffix) && isOrdinary(start + prefix, end - suffix)) return form;
  }
  return 0;
}

/** The length of the text before the `kid` of a form, and behind it. */
export function beforeName(form: usize): usize {
  return load<u32>(form, FORM_PREFIX_LENGTH);
}

export function behindName(form: usize): usize {
  return load<u32>(form, FORM_SUFFIX_LENGTH);
}

export function algorithmOfForm(form: usize): u32 {
  return load<u32>(form, FORM_ALGORITHM);
}

/**
 * Learns from the decoded header `[start, end)` of an authentic token, whose `kid` is at `[name, nameEnd)` and has no escapes, in a context
 * that has room for forms. One that would not fit its own form teaches none: it would teach it again each time, and drive out others.
 */
export function learnForm(context: usize, algorithm: u32, start: usize, name: usize, nameEnd: usize, end: usize): void {
  const prefix = name - start;
  const suffix = end - nameEnd;
  if (prefix > <usize>FORM_TEXT_ROOM || suffix > <usize>FORM_TEXT_ROOM || !isOrdinary(name, nameEnd)) return;
  const forms: usize = load<u32>(context, CONTEXT_FORMS);
  const learnt = load<u32>(forms, FORM_LEARNT);
  const form = forms + FORM_BYTES * <usize>(learnt % FORM_ENTRIES);
  store<u32>(forms, learnt + 1, FORM_LEARNT);
  store<u32>(form, algorithm, FORM_ALGORITHM);
  store<u32>(form, <u32>prefix, FORM_PREFIX_LENGTH);
  store<u32>(form, <u32>suffix, FORM_SUFFIX_LENGTH);
  memory.copy(form + FORM_PREFIX, start, prefix);
  memory.copy(form + FORM_SUFFIX, nameEnd, suffix);
}

/** Characters that stand for themselves in a string, all of ASCII. What is read behind the end is of the text itself. */
function isOrdinary(cursor: usize, end: usize): bool {
  for (; cursor + 16 <= end; cursor += 16) {
    if (v128.any_true(notOrdinary(v128.load(cursor)))) return false;
  }
  const rest = <u32>(end - cursor);
  return !(i8x16.bitmask(notOrdinary(v128.load(cursor))) & ((1 << rest) - 1));
}
