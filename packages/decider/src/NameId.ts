/**
 * Ids that follow from names: the UUID of version 5 (RFC 9562) of a text. The same text has the same id everywhere and
 * always, and two texts never share one in practice, so whoever does something again can be known by it.
 *
 * SHA-1 is written out here, because a saga computes ids inside of pure decisions: the digests of Effect and of the
 * platform answer later, `node:crypto` is Node's alone, and no dependency of ours has another. A test compares it with
 * that of Node.
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
  const [a, b, c, d] = sha1(JSON.stringify(parts))
  const [one, two] = [digits(a), digits((b & 0xffff0fff) | 0x5000)]
  const three = digits((c & 0x3fffffff) | 0x80000000)
  return `${one}-${two.slice(0, 4)}-${two.slice(4)}-${three.slice(0, 4)}-${three.slice(4)}${digits(d)}`
}

const digits = (word: number): string => (word >>> 0).toString(16).padStart(8, "0")

// Nothing else runs in between, so one place to work in will do.
const words = new Int32Array(80)

/** The first four words of the SHA-1 (FIPS 180-4) of the namespace and a text; the fifth is not in a UUID. */
const sha1 = (text: string): readonly [number, number, number, number] => {
  const name = utf8.encode(text)
  const length = namespace.length + name.length
  const blocks = Math.ceil((length + 9) / 64)
  const bytes = new Uint8Array(blocks * 64)
  bytes.set(namespace)
  bytes.set(name, namespace.length)
  bytes[length] = 0x80
  const at = (place: number): number => bytes[place] ?? 0

  let [h0, h1, h2, h3, h4] = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0]
  for (let from = 0; from < bytes.length; from += 64) {
    for (let t = 0, place = from; t < 16; t += 1, place += 4) {
      words[t] = (at(place) << 24) | (at(place + 1) << 16) | (at(place + 2) << 8) | at(place + 3)
    }
    // The length in bits; a name that needs more than 32 bits for it is out of the question.
    if (from + 64 === bytes.length) words[15] = length * 8
    for (let t = 16; t < 80; t += 1) {
      const mixed = (words[t - 3] ?? 0) ^ (words[t - 8] ?? 0) ^ (words[t - 14] ?? 0) ^ (words[t - 16] ?? 0)
      words[t] = (mixed << 1) | (mixed >>> 31)
    }
    let a = h0
    let b = h1
    let c = h2
    let d = h3
    let e = h4
    for (let t = 0; t < 80; t += 1) {
      const mixed =
        t < 20
          ? ((b & c) | (~b & d)) + 0x5a827999
          : t < 40
            ? (b ^ c ^ d) + 0x6ed9eba1
            : t < 60
              ? ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc
              : (b ^ c ^ d) + 0xca62c1d6
      const next = (((a << 5) | (a >>> 27)) + mixed + e + (words[t] ?? 0)) | 0
      e = d
      d = c
      c = (b << 30) | (b >>> 2)
      b = a
      a = next
    }
    h0 = (h0 + a) | 0
    h1 = (h1 + b) | 0
    h2 = (h2 + c) | 0
    h3 = (h3 + d) | 0
    h4 = (h4 + e) | 0
  }
  return [h0, h1, h2, h3]
}
