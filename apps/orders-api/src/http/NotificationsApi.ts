/** The endpoints of notifications: what customers were told, and how they want to be told. */
import { Channel, NotificationId, Notifications, RecipientCommands } from "@eventfold/domain-notifications"
import { CustomerId, OrderId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiError, HttpApiGroup, OpenApi } from "effect/http-api"
import { NotificationDetail } from "../queries/NotificationQueries.ts"
import { about } from "./About.ts"
import * as CommandEndpoint from "./CommandEndpoint.ts"
import { oneAtVersion } from "./OneAtVersion.ts"
import { occurredAt } from "./PointInTime.ts"
import * as Problems from "./Problems.ts"
import { fresh, pageFields, pageQuery, readFields, ReadHeaders } from "./ReadRequests.ts"
import { OneHeaders } from "./RequestHeaders.ts"
import { ServedBy } from "./ServedBy.ts"

/** There is no notification with this id. */
export class UnknownNotification extends HttpApiError.Problem<UnknownNotification>()(
  "UnknownNotification",
  { type: Problems.problemType("notification-not-found"), status: 404, title: "There is no such notification" },
  { notificationId: NotificationId.NotificationId }
) {}

/** A page of notifications. */
export const NotificationPage = Schema.Struct({
  notifications: Schema.Array(Notifications.NotificationRow),
  ...pageFields
}).annotate({ identifier: "NotificationPage", description: "A page of notifications" })

/** Says by which channels a customer wants to be told. */
export const ChooseChannels = Schema.Struct({ channels: Channel.Channels, ...occurredAt }).annotate({
  identifier: "ChooseChannels"
})

const RecipientAnswer = RecipientCommands.RecipientAnswer.annotate({ description: "How the customer is reached" })

/** The endpoints of notifications. */
export class NotificationsApi extends HttpApiGroup.make("notifications")
  .add(
    HttpApiEndpoint.get("list", "/notifications", {
      query: {
        orderId: Schema.optionalKey(OrderId),
        status: Schema.optionalKey(Notifications.NotificationStatus),
        ...pageQuery
      },
      headers: ReadHeaders,
      success: fresh(NotificationPage)
    }).annotateMerge(about("What customers were told, the last first", "All, or those that pass every filter.")),
    HttpApiEndpoint.get("get", "/notifications/:id", {
      params: { id: NotificationId.NotificationId },
      query: readFields,
      headers: ReadHeaders,
      success: fresh(NotificationDetail),
      error: UnknownNotification
    }).annotateMerge(
      about(
        "One notification, with what was sent",
        "Also what was kept because there is no mail server. Gone when the customer is forgotten."
      )
    ),
    HttpApiEndpoint.get("recipient", "/recipients/:id", {
      params: { id: CustomerId },
      headers: OneHeaders,
      success: oneAtVersion(RecipientAnswer)
    }).annotateMerge(about("How a customer is reached", "By mail, when nothing was chosen.")),
    HttpApiEndpoint.put("chooseChannels", "/recipients/:id/channels", {
      params: { id: CustomerId },
      payload: ChooseChannels,
      ...CommandEndpoint.command(RecipientAnswer)
    }).annotateMerge(about("Say how a customer wants to be told", "By none: not at all."))
  )
  .annotate(ServedBy, "notifications")
  .annotateMerge(OpenApi.annotations({ title: "Notifications" })) {}
