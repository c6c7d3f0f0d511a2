/**
 * What the service answers when it cannot do what was asked: RFC 9457 problem details, each with a `type` to branch on.
 *
 * The `type` is a stable name (a URN), not an address. `status` is the HTTP status, as the standard has it; where an
 * order stands is `orderStatus`. A problem never holds a stack trace or anything of the database.
 */
import { OrderErrors, OrderStatus } from "@eventfold/domain-ordering"
import { OrderId, ProductId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { ProblemDetails } from "effect/http"
import { HttpApiError, HttpApiSchema } from "effect/http-api"

/** The `type` of a problem, by its name. */
export const problemType = <const Name extends string>(name: Name): `urn:eventfold:problem:${Name}` =>
  `urn:eventfold:problem:${name}`

/** One wrong part of a request. */
export const WrongField = Schema.Struct({
  /** Where the part is. */
  in: Schema.Literals(["body", "query", "path", "header"]),
  /** Its name; a nested one as `items[0].quantity`. Empty when the body as a whole is meant. */
  field: Schema.String,
  /** What must hold. */
  rule: Schema.String
}).annotate({ identifier: "WrongField" })
/** One wrong part of a request. */
export interface WrongField extends Schema.Schema.Type<typeof WrongField> {}

/** The request breaks rules of form; `errors` names every wrong field. */
export class InvalidRequest extends HttpApiError.Problem<InvalidRequest>()(
  "InvalidRequest",
  { type: problemType("invalid-request"), status: 400, title: "The request is not valid" },
  { errors: Schema.Array(WrongField) }
) {}

/** Enough for a full order with every field wrong; what is beyond would only make the answer larger than the request. */
const mostErrors = 1_000
const mostInWords = 10

/** The problem of a request with wrong parts: the first ten in words, and each by itself. */
export const invalidRequest = (errors: ReadonlyArray<WrongField>): InvalidRequest => {
  const more = errors.length - mostInWords
  const words = errors.slice(0, mostInWords).map(sentence).join("; ")
  return new InvalidRequest({
    detail: more > 0 ? `${words}; and ${more} more` : words,
    errors: errors.slice(0, mostErrors)
  })
}

const sentence = ({ field, in: part, rule }: WrongField) => {
  const what = field === "" ? `the ${part}` : part === "body" ? field : `${field} (${part})`
  return `${what} ${rule}`
}

/** Another process serves this path; `addresses` says where, when that is known. */
export class ServedElsewhere extends HttpApiError.Problem<ServedElsewhere>()(
  "ServedElsewhere",
  { type: problemType("served-elsewhere"), status: 404, title: "Served by another process" },
  { context: Schema.String, addresses: Schema.Array(Schema.String) }
) {}

/** There is no order with this id. */
export class UnknownOrder extends HttpApiError.Problem<UnknownOrder>()(
  "UnknownOrder",
  { type: problemType("order-not-found"), status: 404, title: "There is no such order" },
  { orderId: OrderId }
) {}

/** A price was given by somebody who may not give one: `field` names the part of the item that did. */
export class PriceNotTheirs extends HttpApiError.Problem<PriceNotTheirs>()(
  "PriceNotTheirs",
  { type: problemType("price-not-theirs"), status: 403, title: "Only an operator may give a price" },
  { productId: ProductId, field: Schema.Literal("unitPrice or discount") }
) {}

/** The order has no item of this product. */
export class UnknownItem extends HttpApiError.Problem<UnknownItem>()(
  "UnknownItem",
  { type: problemType("item-not-found"), status: 404, title: "The order has no such item" },
  { orderId: OrderId, productId: ProductId }
) {}

const elsewhere = ["OrderNotFound", "ItemNotFound", "PriceNotTheirs", "PriceReasonMissing"] as const

const refusalType = Schema.Literals(
  OrderErrors.OrderRefusal.members
    .map((refusal) => refusal.fields._tag.schema.literal)
    .filter((tag) => !elsewhere.some((one) => one === tag))
    .map((tag) => typeOf({ _tag: tag }))
)

/** The `type` of a refusal: `OrderAlreadyShipped` becomes `urn:eventfold:problem:order-already-shipped`. */
export function typeOf(refusal: { readonly _tag: string }): string {
  return problemType(refusal._tag.replace(/(?<=[a-z])[A-Z]/gu, "-$&").toLowerCase())
}

/** The `title` of a refusal: `OrderAlreadyShipped` becomes `Order already shipped`. */
export const titleOf = (refusal: { readonly _tag: string }): string =>
  refusal._tag.replace(/(?<=[a-z])[A-Z]/gu, (letter) => ` ${letter.toLowerCase()}`)

/** The refusals that have a problem of their own: what the path names does not exist, or the request is not allowed. */
type Elsewhere = Extract<OrderErrors.OrderRefusal, { readonly _tag: (typeof elsewhere)[number] }>

/** The order refuses the command, most often because of where it stands. One `type` per reason. */
export class OrderRefused extends Schema.Error<OrderRefused>("OrderRefused")(
  {
    type: refusalType,
    status: Schema.tag(409),
    title: Schema.String,
    detail: Schema.String,
    /** Where the order stands, where that is the reason. */
    orderStatus: Schema.optionalKey(OrderStatus.OrderStatus),
    /** The reason with its facts; `_tag` tells them apart. */
    refusal: OrderErrors.OrderRefusal
  },
  { description: "The order refuses the command", httpApiStatus: 409 }
) {
  readonly _tag = "OrderRefused"

  override get message() {
    return this.detail
  }

  /** The problem that tells of a refusal. */
  static of(refusal: Exclude<OrderErrors.OrderRefusal, Elsewhere>): OrderRefused {
    return new OrderRefused({
      type: typeOf(refusal),
      title: titleOf(refusal),
      detail: refusal.message,
      ...("status" in refusal ? { orderStatus: refusal.status } : {}),
      refusal
    })
  }
}

/** {@link OrderRefused} as problem details. */
export const OrderRefusedProblem = OrderRefused.pipe(HttpApiSchema.asJson({ contentType: ProblemDetails.contentType }))

/** `If-Match` named another version than the one the order or account is at (0: there is none). */
export class VersionMismatch extends HttpApiError.Problem<VersionMismatch>()(
  "VersionMismatch",
  { type: problemType("version-mismatch"), status: 412, title: "It is at another version" },
  { currentVersion: Schema.Int }
) {}

/** The order or account ended long ago and was moved to the archive: it can be read, and nothing is added to it. */
export class Archived extends HttpApiError.Problem<Archived>()("Archived", {
  type: problemType("archived"),
  status: 409,
  title: "It is archived and changes no more"
}) {}

/** The `Idempotency-Key` was used before, for something else. */
export class KeyReused extends HttpApiError.Problem<KeyReused>()(
  "KeyReused",
  {
    type: problemType("idempotency-key-reused"),
    status: 422,
    title: "The idempotency key was used for something else"
  },
  { idempotencyKey: Schema.String }
) {}

/** The body is larger than the service takes. */
export class BodyTooLarge extends HttpApiError.Problem<BodyTooLarge>()(
  "BodyTooLarge",
  { type: problemType("body-too-large"), status: 413, title: "The body of the request is too large" },
  { maximumBytes: Schema.Int }
) {}

/** The body is said to be something else than JSON. */
export class UnsupportedMediaType extends HttpApiError.Problem<UnsupportedMediaType>()("UnsupportedMediaType", {
  type: problemType("unsupported-media-type"),
  status: 415,
  title: "The body of the request must be application/json"
}) {}

/**
 * The store cannot be reached, others keep changing the same, the time was up, or what was asked is not ready yet. Repeat
 * it later, with the same key.
 */
export class Unavailable extends HttpApiError.Problem<Unavailable>()(
  "Unavailable",
  { type: problemType("unavailable"), status: 503, title: "The service cannot do this right now" },
  {
    /**
     * `building`: its rows are being built; `behind`: they do not have in them yet what was asked for; `held`: nor will
     * they before somebody has dealt with a dead letter. `outside`: a foreign system did not answer.
     */
    reason: Schema.Literals(["store", "outside", "conflicts", "timeout", "building", "behind", "held", "busy"]),
    correlationId: Schema.String
  }
) {}

/** How many seconds to wait before repeating what was answered with {@link Unavailable}, by its reason. */
export const retryAfter = {
  store: 5,
  outside: 5,
  conflicts: 1,
  timeout: 5,
  building: 5,
  behind: 1,
  held: 60,
  busy: 5
} satisfies Record<Unavailable["reason"], number>

/** {@link Unavailable} with the header `Retry-After`. */
export const UnavailableProblem = Unavailable.pipe(
  HttpApiSchema.encodeToWithHeaders(
    { body: Unavailable, headers: { "retry-after": Schema.Int } },
    {
      decode: ({ body }) => body,
      encode: (body) => ({ body, headers: { "retry-after": retryAfter[body.reason] } })
    }
  )
)

/** A mistake of the service. Its log has the details, under the correlation id. */
export class InternalError extends HttpApiError.Problem<InternalError>()(
  "InternalError",
  { type: problemType("internal-error"), status: 500, title: "The service made a mistake" },
  { correlationId: Schema.String }
) {}
