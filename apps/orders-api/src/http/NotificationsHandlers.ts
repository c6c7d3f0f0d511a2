/** The endpoints of notifications: a request becomes a command or a query, its outcome an answer. Nothing is decided here. */
import { RecipientCommands } from "@eventfold/domain-notifications"
import { QueryBus, type QueryFailure, type UnknownMessage } from "@eventfold/event-store"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import {
  findNotifications,
  getNotification,
  getRecipient,
  type NotificationNotFound
} from "../queries/NotificationQueries.ts"
import { Settings } from "../Settings.ts"
import { Api } from "./Api.ts"
import * as CommandProblems from "./CommandProblems.ts"
import { UnknownNotification } from "./NotificationsApi.ts"
import { unlessKnown } from "./OneAtVersion.ts"
import type * as Problems from "./Problems.ts"
import { answered, questionOf, reader } from "./ReadRequests.ts"
import { sender } from "./SentCommand.ts"

/** The endpoints of notifications, over the buses. */
export const layer = HttpApiBuilder.group(
  Api,
  "notifications",
  Effect.fn(function* (handlers) {
    const queries = yield* QueryBus
    const { tenant } = yield* Settings
    const reads = yield* reader()
    const send = yield* sender(CommandProblems.ofDispatch)

    return handlers.handleAll({
      list: (request) =>
        reads.page(
          request,
          findNotifications,
          { _tag: "FindNotifications", tenant, ...questionOf(request.query) },
          (notifications) => ({ notifications })
        ),
      get: (request) =>
        Effect.map(
          reads.ask(
            request,
            getNotification,
            { _tag: "GetNotification", tenant, notificationId: request.params.id },
            ofNotification
          ),
          answered
        ),
      recipient: (request) =>
        queries.ask(getRecipient, { _tag: "GetRecipient", tenant, customerId: request.params.id }).pipe(
          Effect.catch(CommandProblems.ofQuery),
          Effect.map((recipient) => unlessKnown(request, recipient))
        ),
      chooseChannels: (request) =>
        send(RecipientCommands.chooseChannels, request, (occurredAt) => ({
          _tag: "ChooseChannels",
          customerId: request.params.id,
          channels: request.payload.channels,
          occurredAt
        }))
    })
  })
)

const ofNotification = (
  error: NotificationNotFound | QueryFailure | UnknownMessage
): Effect.Effect<never, UnknownNotification | Problems.Unavailable> =>
  error._tag === "NotificationNotFound"
    ? Effect.fail(new UnknownNotification({ notificationId: error.notificationId, detail: error.message }))
    : CommandProblems.ofQuery(error)
