/**
 * P5, event handlers: mails to customers, sent in order, whatever the mail server does.
 *
 * Shows: a failure that passes is tried again; one that stays becomes a dead letter when retries run out, and a permanent
 * one at once; the later events of a customer wait behind it and nobody else's; a compensation in a letter's place; letters
 * listed, replayed and discarded, by somebody and for a reason that stand in the audit.
 */
import { DomainEvent } from "@eventfold/decider"
import { Audit, EventCodec, EventStore, ExpectedVersion, StreamId } from "@eventfold/event-store"
import { DeadLetterDesk, EventHandler, HandlerRunner } from "@eventfold/subscriptions"
import { Console, DateTime, Effect, Layer, Schema } from "effect"
import { SecureRandom } from "effect/crypto"
import * as Purses from "./Purses.ts"
import * as ReadSide from "./ReadSide.ts"

/** What it is about. */
export const title = "Event handlers: tried again, dead letters, replay; in order for each customer"

const category = "example-p5"
const Greeted = DomainEvent.make("CustomerGreeted", { text: Schema.String })
const Refunded = DomainEvent.make("CustomerRefunded", { text: Schema.String })
const events = Schema.Union([Greeted, Refunded])
const codec = EventCodec.make(events)

/** The server cannot take it now, or never will. */
class MailRefused extends Schema.TaggedError<MailRefused>()("MailRefused", {
  reason: Schema.Literals(["busy", "no-such-address"])
}) {
  override get message() {
    return this.reason
  }
}

/** A mail server that is told how to behave. It counts the tries of each mail. */
class MailServer {
  readonly sent = new Map<string, Array<string>>()
  readonly tries = new Map<string, number>()
  /** How often the mails of a customer are refused, and why. */
  readonly refusals = new Map<string, { readonly reason: MailRefused["reason"]; readonly times: number }>()

  send(tenant: string, customer: string, text: string): Effect.Effect<void, MailRefused> {
    return Effect.suspend(() => {
      const name = `${tenant} ${customer}`
      const tries = (this.tries.get(`${name} ${text}`) ?? 0) + 1
      this.tries.set(`${name} ${text}`, tries)
      const refusal = this.refusals.get(customer)
      if (refusal !== undefined && tries <= refusal.times) return Effect.fail(new MailRefused(refusal))
      this.sent.set(name, [...(this.sent.get(name) ?? []), text])
      return Effect.void
    })
  }
}

const handlerOf = (mail: MailServer) =>
  // #region handler
  EventHandler.make({
    name: "example-mail",
    events,
    handle: (event, { stream }) => mail.send(stream.tenant, stream.id, event.text),
    classify: ({ reason }) => (reason === "busy" ? "transient" : "permanent"),
    // Whoever has no address is written a letter, so that a refund is never lost; a greeting can be.
    compensate: (event, { stream }, refused) =>
      event._tag === "CustomerRefunded"
        ? mail.send(stream.tenant, `${stream.id}, by post`, event.text)
        : Effect.fail(refused),
    options: {
      filter: { categories: [category] },
      failure: { retries: 2, firstWait: "10 millis", longestWait: "50 millis" }
    }
  })
// #endregion handler

/** The story. */
export const program = Effect.gen(function* () {
  const mail = new MailServer()
  const layer = HandlerRunner.layer([handlerOf(mail)]).pipe(Layer.provideMerge(ReadSide.layer([])))
  return yield* Effect.provide(story(mail), layer)
})

const story = Effect.fnUntraced(function* (mail: MailServer) {
  const tenant = yield* Purses.newTenant
  const desk = yield* DeadLetterDesk

  const append = Effect.fnUntraced(function* (customer: string, ...happened: ReadonlyArray<typeof events.Type>) {
    const encoded = yield* codec.encode(happened, tenant)
    yield* (yield* EventStore).append(
      StreamId.make(tenant, category, customer),
      ExpectedVersion.Any,
      encoded.map((event) => ({ ...event, id: SecureRandom.uuidV7Unsafe(), metadata: {} }))
    )
  })
  const sentTo = (customer: string) => mail.sent.get(`${tenant} ${customer}`) ?? []
  const arrived = (customer: string, count: number) =>
    ReadSide.until(
      `${count} mails to ${customer}`,
      Effect.sync(() => sentTo(customer).length === count)
    )
  const tell = (customer: string) => Console.log(`  ${customer}: ${sentTo(customer).join(", ") || "nothing yet"}`)
  const letters = desk.list({ tenant, limit: 100 })
  const noted = (count: number) =>
    ReadSide.until(
      `${count} letters`,
      Effect.map(letters, (all) => all.length === count)
    )
  const show = Effect.flatMap(
    letters,
    Effect.forEach(({ eventType, failure, partition, version }) =>
      Console.log(
        `  ${partition}, version ${version}, ${eventType}: ${failure === undefined ? "waits" : `${failure.kind}, ${failure.message}`}`
      )
    )
  )

  yield* Console.log("The server is busy twice: the mail is sent at the third try")
  mail.refusals.set("ada", { reason: "busy", times: 2 })
  yield* append("ada", greeted("hello"))
  yield* arrived("ada", 1)
  yield* tell("ada")

  yield* Console.log("It stays busy for Bob: retries run out, and his next mail waits; Cleo gets hers")
  mail.refusals.set("bob", { reason: "busy", times: Number.POSITIVE_INFINITY })
  yield* append("bob", greeted("hello"), greeted("how are you"))
  yield* append("cleo", greeted("hello"))
  yield* arrived("cleo", 1)
  yield* noted(2)
  yield* tell("bob")
  yield* tell("cleo")
  yield* Console.log(`  the server was asked ${mail.tries.get(`${tenant} bob hello`)} times`)
  yield* show

  yield* Console.log("Dora has no address: a dead letter at once; a refund goes by post in its place")
  mail.refusals.set("dora", { reason: "no-such-address", times: Number.POSITIVE_INFINITY })
  yield* append("dora", refunded("12.00 back"), greeted("hello"))
  yield* noted(3)
  yield* tell("dora")
  yield* tell("dora, by post")
  yield* show

  yield* Console.log("The server is mended: Bob's letters are replayed, in order")
  mail.refusals.delete("bob")
  const [held] = (yield* letters).filter(({ stream }) => stream.id === "bob")
  if (held !== undefined) {
    const { consumer, partition } = held
    // #region replay
    const { replayed } = yield* desk.replay({
      consumer,
      partition: { tenant, partition },
      by: "sue",
      reason: "the server is mended"
    })
    // #endregion replay
    yield* Console.log(`  ${replayed} replayed`)
  }
  yield* tell("bob")

  yield* Console.log("Nobody can greet Dora: the letter is discarded, and says by whom and why")
  for (const { consumer, position } of yield* letters) {
    yield* desk.discard({ consumer, position, by: "sue", reason: "she has moved" })
  }
  for (const { discarded } of yield* desk.list({ tenant, state: "discarded", limit: 10 })) {
    yield* Console.log(`  by ${discarded?.by}: ${discarded?.reason}; ${(yield* letters).length} letters left`)
  }

  yield* Console.log("The audit")
  const page = { tenant, types: ["DeadLettersReplayed", "DeadLetterDiscarded"], order: "oldest", limit: 10 } as const
  for (const entry of (yield* (yield* Audit).page(page)).entries) {
    if (entry._tag === "Action") yield* Console.log(`  ${entry.action} by ${entry.actor}: ${entry.reason}`)
  }
})

const occurredAt = DateTime.makeUnsafe("2026-03-02T09:00:00Z")
const greeted = (text: string) => Greeted.make({ text, occurredAt })
const refunded = (text: string) => Refunded.make({ text, occurredAt })
