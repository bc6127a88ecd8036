/** Writes the DER that node:crypto cannot write: certificates, and keys in forms that nobody should use. */
import { type KeyObject, sign } from "node:crypto";

export function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const digits: number[] = [];
  for (let rest = content.length; rest > 0; rest >>= 8) digits.unshift(rest & 0xff);
  const length = content.length < 0x80 ? [content.length] : [0x80 | digits.length, ...digits];
  return Buffer.concat([Buffer.of(tag, ...length), content]);
}

export const sequence = (...parts: readonly Uint8Array[]) => der(0x30, ...parts);
export const identifier = (hex: string) => der(0x06, Buffer.from(hex, "hex"));
export const bits = (content: Uint8Array) => der(0x03, Buffer.of(0), content);

/** A certificate of a public key (RFC 5280 §4.1), signed with any private key: nobody checks by whom. */
export function certificateOf(
  publicKey: KeyObject,
  signer: KeyObject,
  version = true,
  [subject, issuer] = ["test, to be trusted nowhere", "test, to be trusted nowhere"],
): Buffer {
  const ecdsaWithSha256 = sequence(identifier("2a8648ce3d040302"));
  const name = (text: string) => sequence(der(0x31, sequence(identifier("550403"), der(0x0c, Buffer.from(text)))));
  const signed = sequence(
    ...(version ? [der(0xa0, der(0x02, Buffer.of(2)))] : []),
    der(0x02, Buffer.of(1)),
    ecdsaWithSha256,
    name(issuer),
    sequence(der(0x17, Buffer.from("200101000000Z")), der(0x17, Buffer.from("490101000000Z"))),
    name(subject),
    publicKey.export({ type: "spki", format: "der" }),
  );
  return sequence(signed, ecdsaWithSha256, bits(sign("sha256", signed, signer)));
}

export function pem(label: string, bytes: Uint8Array): string {
  const lines =
    Buffer.from(bytes)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}
