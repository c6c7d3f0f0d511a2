/**
 * The customers: has the service register those of the files, before anybody orders anything, so that they can be told what
 * becomes of their orders.
 *
 * The files have no e-mail addresses. So each gets one that is derived from their code, under a domain that is reserved for
 * examples (RFC 2606): no mail can ever reach anybody. Who is registered already stays as they are.
 */
import { CustomerId, EmailAddress, PersonName } from "@eventfold/shared-kernel"
import { DateTime, Duration, Effect, Option, Schedule, Schema } from "effect"
import type { Digest } from "effect/crypto"
import { headersOf, reasonOf } from "./Commands.ts"
import * as DerivedIds from "./DerivedIds.ts"
import type { EndingOptions } from "./Ending.ts"
import { addressOf } from "./Replay.ts"
import type { SampleCustomer, Samples } from "./Samples.ts"
import { expectService, type Service, type ServiceUnreachable } from "./Service.ts"

/** How many customers are dealt with at the same time. */
const concurrency = 8

/** The service does not register a customer. */
export class CustomerNotRegistered extends Schema.TaggedError<CustomerNotRegistered>()("CustomerNotRegistered", {
  customer: Schema.String,
  reason: Schema.String
}) {
  override get message() {
    return `The service does not register customer ${this.customer} of the samples: ${this.reason}`
  }
}

/** `alfki@northwind.example`; by its UUID when the code of the customer has more in it than capitals and digits. */
const emailOf = Effect.fnUntraced(function* (
  code: string
): Effect.fn.Return<EmailAddress.EmailAddress, never, Digest.Digest> {
  const name = /^[A-Z0-9]{1,64}$/u.test(code) ? code.toLowerCase() : yield* DerivedIds.customer(code)
  return EmailAddress.EmailAddress.make(`${name}@northwind.example`)
})

/** Has the service register everybody of the files, on the day of the first order. */
export const register = Effect.fn("Customers.register")(function* (
  service: Service,
  options: EndingOptions,
  { customers, orders }: Samples
): Effect.fn.Return<void, CustomerNotRegistered | ServiceUnreachable, Digest.Digest> {
  const [earliest] = orders.map(({ orderedOn }) => orderedOn).toSorted(DateTime.Order)
  const occurredAt = earliest === undefined ? {} : { occurredAt: earliest }
  yield* Effect.forEach(customers.values(), (customer) => registerOne(service, options, customer, occurredAt), {
    concurrency,
    discard: true
  })
})

const registerOne = Effect.fnUntraced(function* (
  service: Service,
  { baseUrl, endWithin }: EndingOptions,
  { address, code, company, contact, phone }: SampleCustomer,
  occurredAt: { readonly occurredAt?: DateTime.Utc }
) {
  const customerId = CustomerId.fromUuid(yield* DerivedIds.customer(code))
  const standing = service.customers.get({ params: { id: customerId }, headers: {} }).pipe(
    Effect.map(({ body }) => body?.status),
    Effect.catchTag("UnknownCustomer", () => Effect.succeed(undefined)),
    expectService(baseUrl)
  )
  const payload = {
    customerId,
    profile: {
      name: PersonName.PersonName.make(contact),
      company,
      ...Option.match(phone, { onNone: () => ({}), onSome: (phone) => ({ phone }) }),
      address: addressOf(address)
    },
    email: yield* emailOf(code),
    ...occurredAt
  }
  const headers = headersOf(`customer/${code}`, yield* DerivedIds.registration(JSON.stringify(payload)))
  const before = yield* standing
  const answered =
    before ??
    (yield* service.customers.register({ headers, payload }).pipe(
      Effect.map(({ body }) => body.status),
      Effect.mapError((error) =>
        error._tag === "ServiceUnreachable"
          ? error
          : new CustomerNotRegistered({ customer: code, reason: reasonOf(error) })
      )
    ))
  if (answered === "registered") return
  // Whose the address is was not known in time: it will be.
  const after = yield* standing.pipe(
    Effect.repeat({
      until: (status) => status !== "requested",
      schedule: Schedule.spaced("200 millis").pipe(Schedule.upTo({ duration: endWithin }))
    })
  )
  if (after === "registered") return
  const within = Duration.format(Duration.fromInputUnsafe(endWithin))
  const reason = after === undefined ? "its e-mail address cannot be theirs" : `it is still ${after} after ${within}`
  return yield* new CustomerNotRegistered({ customer: code, reason })
})
