/**
 * The hashes by which e-mail addresses are known where they must be unique: an HMAC under a secret of the tenant's, which
 * comes out of its keys of personal data. Every process that shares the database has the same one, and it stays when master
 * keys are renewed, as it must: under another secret every address would be free again.
 */
import { createHmac } from "node:crypto"
import type { EmailHash } from "@eventfold/domain-customers"
import { Sealer } from "@eventfold/event-store"
import { asStoreFailure } from "@eventfold/event-store/PersonalData"
import { Effect } from "effect"

/** The hash of a tenant's e-mail addresses: 32 digits, 0 to 9 and a to f. */
export const ofTenant = Effect.fnUntraced(function* (tenant: string) {
  const sealer = yield* Sealer.Current
  const secret = yield* Effect.mapError(sealer.digest(tenant, purpose), asStoreFailure("EmailHashes"))
  const hash: EmailHash.Hash = (text) => createHmac("sha256", secret).update(text).digest("hex").slice(0, 32)
  return hash
})

/** What the secret is for: another purpose has another one. */
const purpose = { for: "hashes of e-mail addresses that are one customer's" }
