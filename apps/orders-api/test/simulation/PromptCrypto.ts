/**
 * Web Crypto that answers at once, for runs that must do the same each time: that of Node works on other threads, so of two
 * that wait for it either may go on first. Its answers are the same. It can what the event store asks for, and no more.
 *
 * Gotcha: it takes the place of the platform's own for all that runs in this process, so one run at a time can have it, and
 * keys that were made with it are of no use afterwards.
 */
import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync } from "node:crypto"
import { Effect, Layer } from "effect"

/** What stands for a key. */
interface Key {
  readonly bytes: Uint8Array
}

interface Sealing {
  readonly iv: Uint8Array
  readonly additionalData: Uint8Array
}

const cipher = "aes-256-gcm"
const tagLength = 16

const methods = {
  digest: async (_: string, data: Uint8Array) => new Uint8Array(createHash("sha256").update(data).digest()).buffer,
  importKey: async (_: string, bytes: Uint8Array): Promise<Key> => ({ bytes: Uint8Array.from(bytes) }),
  encrypt: async ({ additionalData, iv }: Sealing, { bytes }: Key, plain: Uint8Array) => {
    const sealing = createCipheriv(cipher, bytes, iv).setAAD(additionalData)
    return Uint8Array.from([...sealing.update(plain), ...sealing.final(), ...sealing.getAuthTag()]).buffer
  },
  decrypt: async ({ additionalData, iv }: Sealing, { bytes }: Key, sealed: Uint8Array) => {
    const end = sealed.length - tagLength
    const opening = createDecipheriv(cipher, bytes, iv).setAAD(additionalData).setAuthTag(sealed.subarray(end))
    return Uint8Array.from([...opening.update(sealed.subarray(0, end)), ...opening.final()]).buffer
  },
  deriveKey: async ({ info, salt }: { readonly info: Uint8Array; readonly salt: Uint8Array }, { bytes }: Key) => ({
    bytes: new Uint8Array(hkdfSync("sha256", bytes, salt, info, 32))
  }),
  sign: async (_: string, { bytes }: Key, data: Uint8Array) =>
    new Uint8Array(createHmac("sha256", bytes).update(data).digest()).buffer
}

const { subtle } = globalThis.crypto

/** Has all Web Crypto of this process answer at once for as long as the layer lives. */
export const layer = Layer.effectDiscard(
  Effect.acquireRelease(
    Effect.sync(() => {
      for (const [name, value] of Object.entries(methods))
        Object.defineProperty(subtle, name, { value, configurable: true })
    }),
    () => Effect.sync(() => Object.keys(methods).forEach((name) => Reflect.deleteProperty(subtle, name)))
  )
)
