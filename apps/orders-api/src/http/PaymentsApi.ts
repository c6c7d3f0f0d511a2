/** The endpoints for payments: what each takes, answers and refuses. Versions, idempotency and problems are as for orders. */
import { PaymentCommands, PaymentIds, PaymentList, PaymentStatus } from "@eventfold/domain-payments"
import { OrderId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { OrderPayments, PaymentDetail } from "../queries/PaymentQueries.ts"
import { about } from "./About.ts"
import * as CommandEndpoint from "./CommandEndpoint.ts"
import { oneAtVersion } from "./OneAtVersion.ts"
import { optionalBody } from "./OptionalBody.ts"
import * as Bodies from "./PaymentBodies.ts"
import { PaymentRefusedProblem, UnknownPayment, WebhookRefused } from "./PaymentProblems.ts"
import * as Problems from "./Problems.ts"
import { fresh, pageFields, pageQuery, readFields, ReadHeaders } from "./ReadRequests.ts"
import { OneHeaders } from "./RequestHeaders.ts"
import { ServedBy } from "./ServedBy.ts"

const payment = { id: PaymentIds.PaymentId }

const PaymentAnswer = PaymentCommands.PaymentAnswer.annotate({ description: "Where the payment stands now" })

const command = CommandEndpoint.command(PaymentAnswer, UnknownPayment, PaymentRefusedProblem)

/** A page of the list of payments. */
export const PaymentListPage = Schema.Struct({
  payments: Schema.Array(PaymentList.PaymentRow),
  ...pageFields
}).annotate({
  identifier: "PaymentListPage",
  description: "A page of the list of payments"
})

/** What was taken for an order and given back. */
export const PaymentsOfOrder = Schema.Struct({ orderId: OrderId, payments: Schema.Array(OrderPayments) }).annotate({
  identifier: "PaymentsOfOrder",
  description: "What was taken for an order and given back, per currency"
})

/** The endpoints for payments. */
export class PaymentsApi extends HttpApiGroup.make("payments")
  .add(
    HttpApiEndpoint.post("request", "/payments", {
      ...command,
      payload: Bodies.RequestPayment,
      success: CommandEndpoint.created(PaymentAnswer)
    }).annotateMerge(
      about(
        "Take money from a card, or have it held",
        "The card is named by a token of the gateway's vault: no card number belongs here. The payment of an order has its UUID unless you name another. A payment that was declined stays so until it is asked for with a higher `attempt`."
      )
    ),
    HttpApiEndpoint.post("capture", "/payments/:id/capture", {
      params: payment,
      payload: optionalBody(Bodies.CapturePayment),
      ...command
    }).annotateMerge(about("Capture what is held", "All of it, or so much: then the rest is released.")),
    HttpApiEndpoint.post("refund", "/payments/:id/refunds", {
      params: payment,
      payload: Bodies.RefundPayment,
      ...command
    }).annotateMerge(
      about(
        "Give money back",
        "With `money` a part of what was captured; the refund is named after the Idempotency-Key. Without it all of it: what is held is released, what was captured goes back, and nobody can ask for the payment any more."
      )
    ),
    HttpApiEndpoint.post("void", "/payments/:id/void", {
      params: payment,
      payload: Bodies.VoidPayment,
      ...command
    }).annotateMerge(about("Release what is held", "Refused once it was captured.")),
    HttpApiEndpoint.post("settle", "/payments/:id/settle", {
      params: payment,
      payload: optionalBody(Bodies.SettlePayment),
      ...command
    }).annotateMerge(
      about(
        "Bring what was broken off to its end",
        "Asks the gateway again, under the same keys: nothing happens twice."
      )
    ),
    HttpApiEndpoint.get("get", "/payments/:id", {
      params: payment,
      headers: OneHeaders,
      success: oneAtVersion(PaymentDetail),
      error: UnknownPayment
    }).annotateMerge(about("One payment as it is now", "Read from its events: always up to date.")),
    HttpApiEndpoint.get("list", "/payments", {
      query: {
        orderId: Schema.optionalKey(OrderId),
        status: Schema.optionalKey(PaymentStatus.PaymentStatus),
        ...pageQuery
      },
      headers: ReadHeaders,
      success: fresh(PaymentListPage)
    }).annotateMerge(
      about("Payments, the one to which something happened last first", "All, or those that pass every filter.")
    ),
    HttpApiEndpoint.get("ofOrder", "/orders/:id/payments", {
      params: { id: OrderId },
      query: readFields,
      headers: ReadHeaders,
      success: fresh(PaymentsOfOrder)
    }).annotateMerge(
      about("What was taken for an order and given back", "Per currency, over all its payments, and always up to date.")
    ),
    HttpApiEndpoint.post("webhook", "/webhooks/card-gateway", {
      headers: Schema.Struct({ "gateway-signature": Schema.optionalKey(Schema.String) }),
      payload: Schema.Json.annotate({ identifier: "CardGatewayEvent" }),
      success: HttpApiSchema.Empty(204),
      error: [WebhookRefused, Problems.BodyTooLarge, Problems.UnsupportedMediaType]
    }).annotateMerge(
      about(
        "What the card gateway tells by itself",
        "Signed by the gateway. It has the payment brought to its end; one that comes twice, or late, does no harm."
      )
    )
  )
  .annotate(ServedBy, "payments")
  .annotateMerge(OpenApi.annotations({ title: "Payments" })) {}
