/**
 * The hashes of personal words that people search for, such as those of an address.
 *
 * The hash is an HMAC under a secret of the tenant's that comes out of its keys of personal data, so every process that
 * shares the database has the same one, and it stays when master keys are renewed. Without the keys nobody can tell the
 * word of a hash, not even by trying every word there is.
 */
import { createHmac } from "node:crypto"
import { type EventStoreFailure, Sealer } from "@eventfold/event-store"
import { asStoreFailure } from "@eventfold/event-store/PersonalData"
import { Context, Effect, Layer } from "effect"
import { Settings } from "../Settings.ts"

/** The hashes of personal words. */
export class SearchWords extends Context.Service<
  SearchWords,
  {
    /** The hash of a word: 32 digits, 0 to 9 and a to f. */
    readonly hash: (word: string) => string
  }
>()("@eventfold/orders-api/SearchWords") {
  /** Under the secret of the service's tenant. */
  static readonly layer: Layer.Layer<SearchWords, EventStoreFailure, Sealer | Settings> = Layer.effect(
    SearchWords,
    Effect.gen(function* () {
      const sealer = yield* Sealer
      const { tenant } = yield* Settings
      const secret = yield* Effect.mapError(sealer.digest(tenant, purpose), asStoreFailure("SearchWords"))
      return { hash: (word) => createHmac("sha256", secret).update(word).digest("hex").slice(0, 32) }
    })
  )
}

/** What the secret is for: another purpose has another one. */
const purpose = { for: "hashes of the words people search for" }
