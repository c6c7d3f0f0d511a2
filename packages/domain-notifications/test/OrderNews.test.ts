import { assert, describe, it } from "@effect/vitest"
import {
  type NewsCommands,
  NewsErrors,
  NewsEvents,
  NotificationId,
  OrderNews,
  Recipient,
  RecipientCommands,
  RecipientEvents
} from "@eventfold/domain-notifications"
import { CustomerId } from "@eventfold/shared-kernel"
import { DeciderScenario, effort } from "@eventfold/testing"
import { Arbitrary, Equal, Schema } from "effect"
import * as Scenario from "./Scenario.ts"

const {
  after,
  customerId,
  introduce,
  news,
  note,
  notificationId,
  occurredAt,
  orderId,
  outcomes,
  recorded,
  refusal,
  takeUp,
  tell,
  told,
  total
} = Scenario

describe("news of an order", () => {
  it("leads to a notification of whoever the order is for", () => {
    assert.deepStrictEqual(recorded(after(introduce).when(tell(news.shipped))), [
      {
        _tag: "NotificationRequested",
        orderId,
        occurredAt,
        notificationId: Scenario.notificationId,
        customerId,
        total,
        news: news.shipped
      }
    ])
  })

  it("waits while nobody has said whose the order is", () => {
    const early = after(tell(news.reserved), tell(news.shipped))
    assert.deepStrictEqual(
      early.events.map(({ _tag }) => _tag),
      ["NewsHeld", "NewsHeld"]
    )
    assert.strictEqual(told(early.when(tell(news.reserved))), "nothing")
    const introduced = early.when(introduce)
    assert.strictEqual(told(introduced), "OrderIntroduced NotificationRequested NotificationRequested")
    assert.deepStrictEqual(after(tell(news.shipped), introduce).state.held, [])
  })

  it("of one kind is told once, whatever else it says", () => {
    const shipped = after(introduce, tell(news.shipped))
    assert.strictEqual(told(shipped.when(tell({ ...news.shipped, carrier: "DHL" }))), "nothing")
    assert.strictEqual(told(shipped.when(tell(news.delayed))), "NotificationRequested")
  })

  it("contradicts nobody about whose the order is", () => {
    const other = CustomerId.fromUuid(orderId.slice(-36))
    assert.strictEqual(told(after(introduce).when(introduce)), "nothing")
    for (const [field, command] of [
      ["customerId", { ...introduce, customerId: other }],
      ["total", { ...introduce, total: { ...total, amount: 1 } }]
    ] as const) {
      const refused = refusal(after(introduce).when(command))
      assert.deepInclude(refused, { _tag: "OrderIntroducedOtherwise", field, retryable: false })
      assert.include(refused.message, field)
    }
  })
})

describe("what has become of a notification", () => {
  const shipped = after(introduce, tell(news.shipped))

  it("is noted once on each channel", () => {
    const { postponed: _, ...ends } = outcomes
    for (const outcome of Object.values(ends)) {
      const noted = after(introduce, tell(news.shipped), note(outcome))
      assert.deepStrictEqual(recorded(shipped.when(note(outcome))), [outcome])
      assert.deepStrictEqual(OrderNews.requestedOf(noted.state, outcome.notificationId)?.settled, ["e-mail"])
      for (const again of Object.values(outcomes)) assert.strictEqual(told(noted.when(note(again))), "nothing")
      const bySms = { ...outcomes.skipped, channel: "text-message" } as const
      assert.strictEqual(told(noted.when(note(bySms))), "NotificationSkipped")
    }
  })

  it("is refused of one that nobody asked for", () => {
    const refused = refusal(after(introduce).when(note(outcomes.sent)))
    assert.strictEqual(refused._tag, "NotificationNotRequested")
    assert.include(refused.message, orderId)
    assert.isUndefined(OrderNews.requestedOf(after(introduce).state, Scenario.notificationId))
    const Refusal = Schema.toCodecJson(NewsErrors.NewsRefusal)
    const received = Schema.decodeUnknownSync(Refusal)(Schema.encodeSync(Refusal)(refused))
    assert.strictEqual(received.message, refused.message)
  })

  it("shows nobody the letter by accident", () => {
    assert.notInclude(JSON.stringify(outcomes.sent), "ada@example.org")
  })
})

describe("news that nobody takes now", () => {
  const before = after(introduce, tell(news.shipped))
  const postponed = after(introduce, tell(news.shipped), note(outcomes.postponed))
  const onChannel = (state: OrderNews.OrderNewsState) => {
    const requested = OrderNews.requestedOf(state, notificationId)
    return requested === undefined ? undefined : OrderNews.postponedOn(requested, "e-mail")
  }

  it("is postponed, once for each try, and becomes due once", () => {
    assert.deepStrictEqual(onChannel(postponed.state), { channel: "e-mail", tries: 1, counted: 1, isDue: false })
    assert.strictEqual(told(postponed.when(note(outcomes.postponed))), "nothing")
    const due = Scenario.given(...postponed.events, ...Scenario.recorded(postponed.when(takeUp)))
    assert.strictEqual(due.events.at(-1)?._tag, "NotificationDue")
    assert.strictEqual(onChannel(due.state)?.isDue, true)
    assert.strictEqual(told(due.when(takeUp)), "nothing")
    const outage = note({ ...outcomes.postponed, tries: 2, problem: "no-service" })
    const again = Scenario.given(...due.events, ...Scenario.recorded(due.when(outage)))
    // An outage is no try of a mailbox.
    assert.deepStrictEqual(onChannel(again.state), { channel: "e-mail", tries: 2, counted: 1, isDue: false })
  })

  it("is not taken up when nothing is postponed, or it was told meanwhile or given up", () => {
    assert.strictEqual(told(before.when(takeUp)), "nothing")
    for (const outcome of [outcomes.sent, outcomes.givenUp]) {
      const over = Scenario.given(...postponed.events, ...Scenario.recorded(postponed.when(note(outcome))))
      assert.isUndefined(onChannel(over.state))
      assert.strictEqual(told(over.when(takeUp)), "nothing")
      assert.strictEqual(told(over.when(note({ ...outcomes.postponed, tries: 2 }))), "nothing")
    }
    assert.strictEqual(refusal(after(introduce).when(takeUp))?._tag, "NotificationNotRequested")
  })
})

describe("a recipient", () => {
  const recipients = DeciderScenario.of(Recipient.Recipient)
  const register = RecipientCommands.RegisterRecipient.make({ customerId, occurredAt })
  const choose = (...channels: RecipientCommands.ChooseChannels["channels"]) =>
    RecipientCommands.ChooseChannels.make({ customerId, occurredAt, channels })

  it("is registered once, and reached by mail until something else is chosen", () => {
    const registered = recipients.after(register)
    assert.strictEqual(told(registered.when(register)), "nothing")
    assert.deepStrictEqual(Recipient.answerOf(customerId, registered.state, 1), {
      customerId,
      channels: ["e-mail"],
      version: 1
    })
    assert.strictEqual(told(registered.when(choose("e-mail"))), "nothing")
    const both = recipients.after(register, choose("e-mail", "text-message"))
    assert.strictEqual(told(both.when(choose("text-message", "e-mail"))), "nothing")
    assert.deepStrictEqual(Recipient.channelsOf(recipients.after(choose()).state), [])
  })

  it("has no channel twice", () => {
    const decode = Schema.decodeUnknownResult(RecipientCommands.ChooseChannels.fields.channels)
    assert.strictEqual(decode(["e-mail", "e-mail"])._tag, "Failure")
    assert.strictEqual(RecipientCommands.chooseChannels.name, "notifications.ChooseChannels")
  })
})

const command = [
  introduce,
  introduce,
  ...Object.values(news).map(tell),
  ...Object.values(outcomes).map(note),
  note({ ...outcomes.sent, channel: "text-message" }),
  note({ ...outcomes.postponed, tries: 2 }),
  takeUp,
  note({ ...outcomes.skipped, notificationId: NotificationId.of(orderId, "order-confirmed") })
] satisfies ReadonlyArray<NewsCommands.NewsCommand>
const Index = Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: command.length - 1 })))
const Walk = Arbitrary.map(Arbitrary.array(Index, { maxLength: 40 }), (indexes) =>
  indexes.flatMap((index) => command[index] ?? [])
)

describe("any sequence of commands", () => {
  it.prop(
    "asks for each notification once, with one outcome on each channel, and loses no news",
    { commands: Walk },
    ({ commands }) => {
      const steps = Scenario.walk(commands)
      for (const { after, command, outcome } of steps) {
        if (outcome._tag === "Success") assert.strictEqual(told(after.when(command)), "nothing")
        assert.isTrue(Schema.is(OrderNews.OrderNewsState)(after.state))
      }
      const last = steps.at(-1)?.after
      if (last === undefined) return
      const requested = last.events.flatMap((event) => (event._tag === "NotificationRequested" ? [event] : []))
      const ids = requested.map(({ notificationId }) => notificationId)
      assert.lengthOf(new Set(ids), ids.length)
      const settled = last.events.flatMap((event) =>
        event._tag === "NotificationSent" ||
        event._tag === "NotificationSkipped" ||
        event._tag === "NotificationRefused" ||
        event._tag === "NotificationGivenUp"
          ? [`${event.notificationId} ${event.channel}`]
          : []
      )
      assert.lengthOf(new Set(settled), settled.length)
      const kinds = new Set(commands.flatMap((one) => (one._tag === "TellNews" ? [one.news.kind] : [])))
      const known = [...last.state.held, ...last.state.requested.map((one) => one.news)].map(({ kind }) => kind)
      assert.sameMembers(known, Array.from(kinds))
      if (last.state.order !== undefined) assert.isEmpty(last.state.held)
    },
    { arbitrary: { runs: 200 * effort, size: 40 } }
  )
})

describe("in JSON", () => {
  const round = <A>(schema: Schema.Codec<A, unknown>, value: A): A => {
    const codec = Schema.toCodecJson(schema)
    return Schema.decodeUnknownSync(codec)(JSON.parse(JSON.stringify(Schema.encodeSync(codec)(value))))
  }

  it.prop(
    "every event comes back as it went",
    [NewsEvents.NewsEvent, RecipientEvents.RecipientEvent],
    ([one, other]) => {
      assert.isTrue(Equal.equals(round(NewsEvents.NewsEvent, one), one))
      assert.isTrue(Equal.equals(round(RecipientEvents.RecipientEvent, other), other))
    }
  )

  it("names of stored events and streams stay", () => {
    const names = [...NewsEvents.NewsEvent.members, ...RecipientEvents.RecipientEvent.members].map(
      (member) => Schema.resolveAnnotations(member)?.["identifier"]
    )
    assert.deepStrictEqual(names, [
      "OrderIntroduced.v1",
      "NewsHeld.v1",
      "NotificationRequested.v1",
      "NotificationSent.v1",
      "NotificationSkipped.v1",
      "NotificationRefused.v1",
      "NotificationPostponed.v1",
      "NotificationDue.v1",
      "NotificationGivenUp.v1",
      "RecipientRegistered.v1",
      "ChannelsChosen.v1"
    ])
    assert.deepStrictEqual([OrderNews.OrderNews.category, Recipient.Recipient.category], ["order-news", "recipient"])
  })
})
