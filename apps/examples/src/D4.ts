/**
 * D4, customers: a context of its own, and an e-mail address that is one customer's only, although each customer is an
 * aggregate that knows of no other.
 *
 * Shows: a registration; five who want one address at the same moment; a change of the address, and of its spelling; and
 * what is known of a customer who is forgotten, whose address is anybody's.
 */
import { Personal } from "@eventfold/decider"
import { Customer, CustomerCommands } from "@eventfold/domain-customers"
import { CommandBus, CommandHandler, forgetPerson, StreamId } from "@eventfold/event-store"
import { handlers } from "@eventfold/orders-api/commands/CustomerCommandHandlers"
import * as Registrations from "@eventfold/orders-api/fulfilment/Registrations"
import { Breakers, CommandSender, SagaRows, SagaRunner } from "@eventfold/processes"
import { CustomerId, EmailAddress, PersonName } from "@eventfold/shared-kernel"
import { ManagedProjection } from "@eventfold/subscriptions"
import { Console, DateTime, Effect, Layer } from "effect"
import { SecureRandom } from "effect/crypto"
import * as ReadSide from "./ReadSide.ts"

/** What it is about. */
export const title = "Customers: an e-mail address is one customer's only"

const customers = CommandHandler.make(Customer.Customer)

const context = SagaRunner.layer(Object.values(Registrations.sagas), { leaseTime: "1 second" }).pipe(
  Layer.provide([Breakers.layer(), CommandSender.layer]),
  Layer.provideMerge(CommandBus.layer(handlers)),
  Layer.provideMerge(ReadSide.layer([ManagedProjection.make(SagaRows.projection, SagaRows.pacing)])),
  Layer.fresh
)

/** The story. */
export const program = Effect.gen(function* () {
  const bus = yield* CommandBus
  const tenant = `example-${SecureRandom.uuidV7Unsafe()}`
  const envelope = <P extends { readonly _tag: string }>(payload: P) => ({
    id: SecureRandom.uuidV7Unsafe(),
    tenant,
    payload
  })
  const emailOf = (text: string) => EmailAddress.EmailAddress.make(text)

  // #region register
  /** Asks, and waits until it is known whose the address is. */
  const register = Effect.fnUntraced(function* (name: string, email: string) {
    const customerId = CustomerId.fromUuid(SecureRandom.uuidV7Unsafe())
    const { claimId } = yield* bus.dispatch(
      CustomerCommands.registerCustomer,
      envelope(
        CustomerCommands.RegisterCustomer.make({
          customerId,
          profile: { name: PersonName.PersonName.make(name) },
          email: emailOf(email),
          occurredAt: yield* DateTime.now
        })
      )
    )
    const { answer } = yield* Registrations.settled(tenant, customerId, claimId, {})
    return answer
  })
  // #endregion register

  const changeEmail = Effect.fnUntraced(function* (customerId: CustomerId, email: string) {
    const occurredAt = yield* DateTime.now
    const { claimId } = yield* bus.dispatch(
      CustomerCommands.changeEmail,
      envelope(CustomerCommands.ChangeEmail.make({ customerId, email: emailOf(email), occurredAt }))
    )
    const { rejected } = yield* Registrations.settled(tenant, customerId, claimId, {})
    yield* Console.log(`  to ${email}: ${rejected ?? "theirs"}`)
  })
  const tell = Effect.fnUntraced(function* (customerId: CustomerId) {
    const { state } = yield* customers.load(StreamId.make(tenant, Customer.Customer.category, customerId))
    if (state.status !== "registered") return
    yield* Console.log(`  ${Personal.show(state.profile, ({ name }) => name)}, ${Personal.show(state.email)}`)
  })

  yield* Console.log("Ada registers")
  const ada = yield* register("Ada Lovelace", "ada@example.org")
  yield* tell(ada.customerId)

  yield* Console.log("Five people want grace@example.org at the same moment, in three spellings")
  const spelt = [
    "grace@example.org",
    "Grace@Example.org",
    "grace@example.org",
    "GRACE@example.org",
    "grace@example.org"
  ]
  const answers = yield* Effect.forEach(spelt, (email) => register("Grace Hopper", email), {
    concurrency: "unbounded"
  })
  const count = (status: string) => answers.filter((answer) => answer.status === status).length
  yield* Console.log(`  registered: ${count("registered")}, rejected: ${count("rejected")}`)

  yield* Console.log("Ada changes hers: that of another customer, another spelling, another address")
  yield* changeEmail(ada.customerId, "grace@example.org")
  yield* changeEmail(ada.customerId, "Ada@Example.org")
  yield* changeEmail(ada.customerId, "lovelace@example.org")
  yield* tell(ada.customerId)

  yield* Console.log("Ada is forgotten")
  yield* forgetPerson({ tenant, subject: ada.customerId }, { actor: "front-desk", reason: "requested" })
  yield* tell(ada.customerId)
  const other = yield* register("Augusta King", "lovelace@example.org")
  yield* Console.log(`  lovelace@example.org is free: ${other.status}`)
}).pipe(Effect.provide(context), Effect.scoped)
