/**
 * Authenticated encryption for personal data and for the keys of it: AES-256-GCM, by the Web Crypto of the runtime.
 *
 * Each encryption has a random nonce of its own. `context` is not encrypted, but what was encrypted in one context cannot
 * be decrypted in another: a ciphertext that is moved elsewhere is as good as a forged one.
 *
 * Gotcha: a ciphertext is as long as what is in it, plus 16 bytes; lengths are not hidden.
 */
import { Result } from "effect"
import { Base64Url } from "effect/encoding"

/** A secret key that can be used and not looked at. */
export interface Key {
  readonly _tag: "EncryptionKey"
}

/** The length of a key, in bytes. */
export const keyLength = 32

const nonceLength = 12
const { subtle } = globalThis.crypto
const utf8 = new TextEncoder()

/** Random bytes for a new key. */
export const newKeyBytes = (): Uint8Array<ArrayBuffer> => globalThis.crypto.getRandomValues(new Uint8Array(keyLength))

const secretOf = async (bytes: Uint8Array<ArrayBuffer>) => ({
  cipher: await subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]),
  base: await subtle.importKey("raw", bytes, "HKDF", false, ["deriveKey"])
})

/** What the keys stand for, out of reach of whoever holds one. */
const secrets = new WeakMap<Key, Awaited<ReturnType<typeof secretOf>>>()

const use = (key: Key) => {
  const secret = secrets.get(key)
  if (secret === undefined) throw new Error("It is not a key that importKey has made")
  return secret
}

/** Makes a key of its bytes, which are wiped. Rejects when they are not {@link keyLength} many. */
export const importKey = async (bytes: Uint8Array<ArrayBuffer>): Promise<Key> => {
  try {
    if (bytes.length !== keyLength) throw new RangeError(`A key must be ${keyLength} bytes long`)
    const key: Key = { _tag: "EncryptionKey" }
    secrets.set(key, await secretOf(bytes))
    return key
  } finally {
    bytes.fill(0)
  }
}

/** Encrypts bytes; answers `<nonce>.<ciphertext and tag>`, both in base64url. */
export const encrypt = async (key: Key, plain: Uint8Array<ArrayBuffer>, context: string): Promise<string> => {
  const nonce = globalThis.crypto.getRandomValues(new Uint8Array(nonceLength))
  const ciphertext = await subtle.encrypt(parameters(nonce, context), use(key).cipher, plain)
  return `${Base64Url.encode(nonce)}.${Base64Url.encode(new Uint8Array(ciphertext))}`
}

/** Decrypts what {@link encrypt} has made. Rejects when anything about it is not as it was: text, key or context. */
export const decrypt = async (key: Key, text: string, context: string): Promise<Uint8Array<ArrayBuffer>> => {
  const [nonce = "", ciphertext = "", ...more] = text.split(".")
  if (more.length > 0) throw new Error("It is not of the form <nonce>.<ciphertext>")
  return new Uint8Array(await subtle.decrypt(parameters(bytesOf(nonce), context), use(key).cipher, bytesOf(ciphertext)))
}

/**
 * The HMAC-SHA-256 of a text, in hexadecimal, under a key derived from this one for `purpose`: equal texts have equal
 * digests, and nobody without the key can find out by trying what a digest is of.
 */
export const digest = async (key: Key, text: string, purpose: string): Promise<string> => {
  const derivation = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: utf8.encode(purpose) }
  const algorithm = { name: "HMAC", hash: "SHA-256", length: 256 }
  const derived = await subtle.deriveKey(derivation, use(key).base, algorithm, false, ["sign"])
  return hexadecimal(new Uint8Array(await subtle.sign("HMAC", derived, utf8.encode(text))))
}

/** A digest to tell keys apart, which tells nothing about them: 16 hexadecimal digits. */
export const nameOf = async (bytes: Uint8Array<ArrayBuffer>): Promise<string> => {
  const digest = new Uint8Array(
    await subtle.digest("SHA-256", new Uint8Array([...utf8.encode("eventfold key"), ...bytes]))
  )
  return hexadecimal(digest.subarray(0, 8))
}

const hexadecimal = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")

const parameters = (iv: Uint8Array<ArrayBuffer>, context: string) => ({
  name: "AES-GCM",
  iv,
  additionalData: utf8.encode(context),
  tagLength: 128
})

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(Result.getOrThrow(Base64Url.decode(text)))
