/**
 * Ids that follow from names: the UUID of version 5 (RFC 9562) of a text. The same text has the same id everywhere and
 * always, and two texts never share one in practice, so whoever does something again can be known by it.
 *
 * Gotcha: SHA-1 is no secret keeping. Who can guess the text knows the id.
 */

/** The namespace of all of them: a UUID made once, for this and for nothing else. */
const namespace = [
  0x6b, 0x0f, 0x4c, 0x1e, 0x2d, 0x57, 0x4c, 0x0a, 0x9a, 0x3e, 0x51, 0x77, 0xd2, 0x08, 0xe4, 0xb9
] as const

const utf8 = new TextEncoder()

/**
 * The id of a list of texts. Lists that differ have different ids, also where their texts run together.
 */
export const make = (...parts: ReadonlyArray<string>): string => {
  const name = utf8.encode(JSON.stringify(parts))
  const bytes = new Uint8Array(namespace.length + name.length)
  bytes.set(namespace)
  bytes.set(name, namespace.length)
  const [a, b, c, d] = sha1(bytes)
  const hex = [a, (b & 0xffff0fff) | 0x5000, (c & 0x3fffffff) | 0x80000000, d].map(digits).join("")
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

const digits = (word: number): string => (word >>> 0).toString(16).padStart(8, "0")

/** The first four words of the SHA-1 of some bytes (FIPS 180-4); the fifth is not in a UUID. */
const sha1 = (bytes: Uint8Array): readonly [number, number, number, number] => {
  const blocks = Math.ceil((bytes.length + 9) / 64)
  const padded = new DataView(new ArrayBuffer(blocks * 64))
  for (const [at, byte] of bytes.entries()) padded.setUint8(at, byte)
  padded.setUint8(bytes.length, 0x80)
  padded.setUint32(blocks * 64 - 4, bytes.length * 8)

  const words = new Int32Array(80)
  let [h0, h1, h2, h3, h4] = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0]
  for (let block = 0; block < blocks; block += 1) {
    for (let t = 0; t < 16; t += 1) words[t] = padded.getInt32(block * 64 + t * 4)
    for (let t = 16; t < 80; t += 1) words[t] = rotated(word(words, t - 3, t - 8) ^ word(words, t - 14, t - 16), 1)
    let [a, b, c, d, e] = [h0, h1, h2, h3, h4]
    for (let t = 0; t < 80; t += 1) {
      const next = (rotated(a, 5) + mixed(t, b, c, d) + e + (words[t] ?? 0)) | 0
      ;[a, b, c, d, e] = [next, a, rotated(b, 30), c, d]
    }
    h0 = (h0 + a) | 0
    h1 = (h1 + b) | 0
    h2 = (h2 + c) | 0
    h3 = (h3 + d) | 0
    h4 = (h4 + e) | 0
  }
  return [h0, h1, h2, h3]
}

const rotated = (value: number, by: number): number => (value << by) | (value >>> (32 - by))

const word = (words: Int32Array, one: number, other: number): number => (words[one] ?? 0) ^ (words[other] ?? 0)

const mixed = (t: number, b: number, c: number, d: number): number => {
  if (t < 20) return ((b & c) | (~b & d)) + 0x5a827999
  if (t < 40) return (b ^ c ^ d) + 0x6ed9eba1
  if (t < 60) return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc
  return (b ^ c ^ d) + 0xca62c1d6
}
