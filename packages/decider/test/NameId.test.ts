import { NameId } from "@eventfold/decider"
import { createHash } from "node:crypto"
import { describe, expect, it } from "vitest"

const namespace = Buffer.from("6b0f4c1e2d574c0a9a3e5177d208e4b9", "hex")

/** The same by Node's own SHA-1. */
const byNode = (...parts: ReadonlyArray<string>) => {
  const digest = createHash("sha1").update(namespace).update(JSON.stringify(parts)).digest()
  digest[6] = ((digest[6] ?? 0) & 0x0f) | 0x50
  digest[8] = ((digest[8] ?? 0) & 0x3f) | 0x80
  return digest.toString("hex", 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})/u, "$1-$2-$3-$4-")
}

describe("an id that follows from a name", () => {
  it("is the UUID of version 5 of the name, whatever its length", () => {
    for (let length = 0; length < 200; length += 1) {
      expect(NameId.make("x".repeat(length), "é")).toBe(byNode("x".repeat(length), "é"))
    }
  })

  it("differs where parts differ, also where they run together", () => {
    expect(NameId.make("ab", "c")).not.toBe(NameId.make("a", "bc"))
    expect(NameId.make()).not.toBe(NameId.make(""))
  })
})
