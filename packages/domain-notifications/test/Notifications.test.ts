/** The read model of notifications. */
import { assert, describe, it } from "@effect/vitest"
import { Specification } from "@eventfold/decider"
import { type NewsEvents, Notifications } from "@eventfold/domain-notifications"
import { ProjectionSpec } from "@eventfold/testing"
import * as Scenario from "./Scenario.ts"

const { after, customerId, introduce, news, note, notificationId, occurredAt, orderId, outcomes, tell } = Scenario

const wanted = (events: ReadonlyArray<NewsEvents.NewsEvent>) =>
  ProjectionSpec.inStream(
    "order-news",
    orderId,
    events.flatMap((event) =>
      event._tag === "OrderIntroduced" || event._tag === "NewsHeld" || event._tag === "NotificationDue" ? [] : [event]
    )
  )

const row = {
  notificationId,
  orderId,
  customerId,
  kind: "order-shipped",
  status: "requested",
  outcomes: [],
  requestedAt: occurredAt,
  version: 1
} as const

describe("the notifications", () => {
  it("tell what has become of each on each channel, and of nothing twice", () => {
    const skipped = { ...outcomes.skipped, channel: "text-message" } as const
    const { events } = after(introduce, tell(news.shipped), note(skipped), note(outcomes.sent))
    const told = {
      ...row,
      status: "sent",
      outcomes: [
        { channel: "text-message", result: "skipped", reason: "customer-unknown", at: occurredAt },
        { channel: "e-mail", result: "sent", via: "smtp", at: occurredAt }
      ],
      version: 3
    } as const
    ProjectionSpec.given(Notifications.Notifications).when(wanted(events)).thenRows([told])
    ProjectionSpec.given(Notifications.Notifications, [told]).when(wanted(events)).thenNothing()
    assert.notInclude(JSON.stringify(told), "ada@example.org")
  })

  it("say why one was refused, and stay sent when another channel did it", () => {
    const refused = after(introduce, tell(news.shipped), note(outcomes.refused)).events
    ProjectionSpec.given(Notifications.Notifications)
      .when(wanted(refused))
      .thenRows([
        {
          ...row,
          status: "refused",
          outcomes: [{ channel: "e-mail", result: "refused", reason: "recipient", at: occurredAt }],
          version: 2
        }
      ])
  })

  it("are postponed while one channel is tried again, and say since when, why and until when", () => {
    const { note, takeUp } = Scenario
    const again = { ...outcomes.postponed, tries: 2, until: Scenario.day(3) }
    const refused = { ...outcomes.refused, channel: "text-message" } as const
    const { events } = after(
      introduce,
      tell(news.shipped),
      note(outcomes.postponed),
      takeUp,
      note(again),
      note(refused)
    )
    const postponed = {
      ...row,
      status: "postponed",
      outcomes: [
        { channel: "e-mail", result: "postponed", reason: "busy", tries: 2, until: Scenario.day(3), at: occurredAt },
        { channel: "text-message", result: "refused", reason: "recipient", at: occurredAt }
      ],
      version: 4
    } as const
    ProjectionSpec.given(Notifications.Notifications).when(wanted(events)).thenRows([postponed])
    const over = after(introduce, tell(news.shipped), note(outcomes.postponed), note(outcomes.givenUp)).events
    ProjectionSpec.given(Notifications.Notifications)
      .when(wanted(over))
      .thenRows([
        {
          ...row,
          status: "given-up",
          outcomes: [{ channel: "e-mail", result: "given-up", reason: "busy", tries: 10, at: occurredAt }],
          version: 3
        }
      ])
  })

  it("are asked for by order and by status", () => {
    const rows: ReadonlyArray<Notifications.NotificationRow> = [row, { ...row, status: "sent" }]
    assert.lengthOf(rows.filter(Specification.matches(Notifications.ofOrder(orderId))), 2)
    assert.deepStrictEqual(rows.filter(Specification.matches(Notifications.inStatus("requested"))), [row])
  })
})
