/**
 * The ids of sagas as clients write them: that of the order or transfer a saga is about, in every spelling which the other
 * paths take too. A UUID alone is that of an order; `cancelled-` before an order leads to the saga that undoes it.
 */
import { Schema, SchemaTransformation } from "effect"

const known = /^(?:cancelled-)?(?:order_|transfer_)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u

/** The one form of an id: whatever else somebody has called a saga stays as it is. */
const canonical = (text: string): string => {
  const lower = text.toLowerCase()
  if (!known.test(lower)) return text
  return lower.includes("_") ? lower : lower.replace(/^(?:cancelled-)?/u, "$&order_")
}

/** The schema of the ids of sagas. */
export const SagaId = Schema.String.check(Schema.isMaxLength(128)).pipe(
  Schema.decodeTo(Schema.String, SchemaTransformation.transform({ decode: canonical, encode: (id) => id }))
)

/** What whoever asked for a saga that is not there is told. */
export const notFound = (id: string): string =>
  `there is no saga ${id}. A saga is called as its order or transfer is, order_… or transfer_…, the one that undoes a cancelled order cancelled-order_…; GET /sagas lists them`
