/**
 * D4, customers: a context of its own, and an e-mail address that is one customer's only, although each customer is an
 * aggregate that knows of no other. Sales, billing and notifications keep models of their own of the same customer, from what the
 * context says.
 *
 * Shows: a registration; the customer as sales, billing and notifications see them; five who want one address at the same moment;
 * a change of the address, of its spelling, and of the profile; and what is known of a customer who is forgotten, whose address
 * is anybody's.
 */
import { Personal } from "@eventfold/decider"
import { Debtor } from "@eventfold/domain-billing"
import { Customer, CustomerCommands } from "@eventfold/domain-customers"
import { CustomersMessages } from "@eventfold/domain-customers/published"
import { Recipient } from "@eventfold/domain-notifications"
import { Buyer } from "@eventfold/domain-ordering"
import { CommandBus, CommandHandler, ContextQueries, forgetPerson, StreamId } from "@eventfold/event-store"
import { InboxMemory, MessageBrokerMemory, OutboxRelay, SubscriberRunner } from "@eventfold/messaging"
import { subscriber as billing } from "@eventfold/orders-api/billing/BillingSubscriber"
import { subscriber as sales } from "@eventfold/orders-api/buyers/BuyersSubscriber"
import * as SalesDirectory from "@eventfold/orders-api/buyers/SalesDirectory"
import { handlers } from "@eventfold/orders-api/commands/CustomerCommandHandlers"
import * as Registrations from "@eventfold/orders-api/fulfilment/Registrations"
import { subscriber as notifications } from "@eventfold/orders-api/notifications/NotificationsSubscriber"
import { schemas } from "@eventfold/orders-api/contexts/Languages"
import * as CustomerQueryHandlers from "@eventfold/orders-api/queries/CustomerQueryHandlers"
import { CustomerStreams } from "@eventfold/orders-api/queries/CustomerStreams"
import { Breakers, CommandSender, SagaRows, SagaRunner } from "@eventfold/processes"
import { CustomerId, EmailAddress, PersonName } from "@eventfold/shared-kernel"
import { HandlerRunner, ManagedProjection } from "@eventfold/subscriptions"
import { Console, DateTime, Effect, Layer } from "effect"
import { SecureRandom } from "effect/crypto"
import * as Purses from "./Purses.ts"
import * as ReadSide from "./ReadSide.ts"

/** What it is about. */
export const title = "Customers: an e-mail address is one customer's only, and others see a customer their own way"

const customers = CommandHandler.make(Customer.Customer)
const buyers = CommandHandler.make(Buyer.Buyer)
const debtors = CommandHandler.make(Debtor.Debtor)
const recipients = CommandHandler.make(Recipient.Recipient)

const registering = SagaRunner.layer(Object.values(Registrations.sagas), { leaseTime: "1 second" }).pipe(
  Layer.provide([Breakers.layer(), CommandSender.layer])
)

/** Says that there is a customer, or that something about one has changed; who it is, is not said. */
const relay = (tenant: string) =>
  OutboxRelay.make({
    language: CustomersMessages.language,
    events: CustomersMessages.events,
    partitionBy: CustomersMessages.keyOf,
    schemas,
    publish: (event: CustomersMessages.Event) => Effect.succeed(CustomersMessages.messagesOf(event)),
    options: { filter: { tenant } }
  })

/** Three contexts that keep what they need of a customer. Sales asks for a name; the others need none. */
const others = SubscriberRunner.layer([sales, billing, notifications]).pipe(
  Layer.provide(SalesDirectory.layer),
  Layer.provide(ContextQueries.layer(CustomerQueryHandlers.handlers)),
  Layer.provide(CustomerStreams.layer)
)

const context = (tenant: string) =>
  Layer.mergeAll(registering, HandlerRunner.layer([relay(tenant)]), others).pipe(
    Layer.provideMerge(CommandBus.layer(handlers)),
    Layer.provideMerge(Layer.merge(MessageBrokerMemory.layerMemory(), InboxMemory.layerMemory)),
    Layer.provideMerge(ReadSide.layer([ManagedProjection.make(SagaRows.projection, SagaRows.pacing)])),
    Layer.fresh
  )

/** The story. */
export const program = Effect.flatMap(Purses.newTenant, (tenant) =>
  story(tenant).pipe(Effect.provide(context(tenant)), Effect.scoped)
)

const story = Effect.fnUntraced(function* (tenant: string) {
  const bus = yield* CommandBus
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
  /** What each of the others knows of a customer, once sales has heard so much. */
  const tellOthers = Effect.fnUntraced(function* (customerId: CustomerId, heard: number) {
    const seen = Effect.all([
      buyers.load(StreamId.make(tenant, Buyer.Buyer.category, customerId)),
      debtors.load(StreamId.make(tenant, Debtor.Debtor.category, customerId)),
      recipients.load(StreamId.make(tenant, Recipient.Recipient.category, customerId))
    ])
    yield* ReadSide.until(
      "all have heard",
      Effect.map(seen, ([buyer, debtor, recipient]) => {
        return buyer.version >= heard && debtor.state.isRegistered && recipient.state.isRegistered
      })
    )
    const [buyer, debtor, recipient] = yield* seen
    const { description = Personal.redacted(customerId), kind } = buyer.state
    yield* Console.log(
      `  sales: ${Personal.show(description, ({ name }) => name)}, who buys ${kind === "business" ? "for a company" : "for herself"}`
    )
    yield* Console.log(`  billing: ${debtor.state.isRegistered ? "somebody who can be billed" : "nobody"}`)
    yield* Console.log(`  notifications: somebody who is told by ${Recipient.channelsOf(recipient.state).join(", ")}`)
  })

  yield* Console.log("Ada registers")
  const ada = yield* register("Ada Lovelace", "ada@example.org")
  yield* tell(ada.customerId)

  yield* Console.log("Ada as others see her")
  yield* tellOthers(ada.customerId, 2)

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

  yield* Console.log("Ada founds a company")
  const occurredAt = yield* DateTime.now
  const profile = { name: PersonName.PersonName.make("Ada King"), company: "Analytical Engines" }
  yield* bus.dispatch(
    CustomerCommands.changeProfile,
    envelope(CustomerCommands.ChangeProfile.make({ customerId: ada.customerId, profile, occurredAt }))
  )
  yield* tellOthers(ada.customerId, 3)

  yield* Console.log("Ada is forgotten")
  yield* forgetPerson({ tenant, subject: ada.customerId }, { actor: "front-desk", reason: "requested" })
  yield* tell(ada.customerId)
  yield* tellOthers(ada.customerId, 3)
  const other = yield* register("Augusta King", "lovelace@example.org")
  yield* Console.log(`  lovelace@example.org is free: ${other.status}`)
})
