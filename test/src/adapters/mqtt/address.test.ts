/** Addresses and networks, against those of `node:net`. */
import { BlockList, isIP } from "node:net";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Address, contains, type Network, parseAddress, parseNetwork } from "../../../../src/adapters/mqtt/address.js";
import { runs } from "../../../support/runs.js";

describe("an address", () => {
  it("is one where Node takes it for one", () => {
    const text = fc.oneof(
      fc.ipV4(),
      fc.ipV6(),
      fc.ipV4().map((four) => `::ffff:${four}`),
      fc.string({ unit: fc.constantFrom("0", "1", "a", "F", ":", ".", "25", "::"), maxLength: 12 }),
    );
    fc.assert(
      fc.property(text, (each) => {
        expect(parseAddress(each) !== undefined).toBe(isIP(each) !== 0);
      }),
      runs(5000),
    );
  });

  it("is the same in all its spellings", () => {
    const same = ["10.1.2.3", "::ffff:10.1.2.3", "::FFFF:a01:203", "0:0:0:0:0:ffff:0a01:0203", "::ffff:10.1.2.3%eth0"];
    expect(new Set(same.map((text) => String(parseAddress(text)))).size).toBe(1);
  });
});

describe("a network", () => {
  it("has the addresses in it that Node finds in it", () => {
    const bits = fc.integer({ min: 0, max: 32 });
    fc.assert(
      fc.property(fc.ipV4(), fc.ipV4(), bits, fc.boolean(), (network, other, length, isNear) => {
        const address = isNear ? `${network.split(".").slice(0, 3).join(".")}.${other.split(".")[3]}` : other;
        const list = new BlockList();
        list.addSubnet(network, length, "ipv4");
        expect(contains(parseNetwork(`${network}/${length}`) as Network, parseAddress(address) as Address)).toBe(list.check(address));
      }),
    );
    fc.assert(
      fc.property(fc.ipV6(), fc.ipV6(), fc.integer({ min: 0, max: 128 }), (network, address, length) => {
        const list = new BlockList();
        list.addSubnet(network, length, "ipv6");
        for (const each of [address, network])
          expect(contains(parseNetwork(`${network}/${length}`) as Network, parseAddress(each) as Address)).toBe(list.check(each, "ipv6"));
      }),
    );
  });

  it.each([
    "",
    "/8",
    "10.0.0.0/",
    "10.0.0.0/08",
    "10.0.0.0/33",
    "::/129",
    "10.0.0/8",
    "10.0.0.0/8/8",
    "a",
    "10.0.0.0-10.0.0.9",
    "010.0.0.1",
    "*",
  ])("may not be %j", (text) => {
    expect(parseNetwork(text)).toBeUndefined();
  });
});
