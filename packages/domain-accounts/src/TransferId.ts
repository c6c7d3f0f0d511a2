/** Names a transfer. Chosen by whoever asks for it, so that asking again is the same transfer. */
import { Identifier } from "@eventfold/shared-kernel"

/** The schema of transfer identifiers, `transfer_<uuid>`, with `fromUuid` and `uuidOf`. */
export const TransferId = Identifier.make("transfer")
/** Names a transfer. */
export type TransferId = typeof TransferId.Type
