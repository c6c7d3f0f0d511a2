/** The endpoints for transfers between accounts. A transfer takes its time: it is begun here, and asked about afterwards. */
import { TransferErrors, TransferId, TransferProcess, TransferStatus } from "@eventfold/domain-accounts"
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiError, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { about } from "./About.ts"
import * as Problems from "./Problems.ts"
import { CommandHeaders, QueryHeaders } from "./RequestHeaders.ts"
import { ServedBy } from "./ServedBy.ts"

const { from, money, to } = TransferProcess.TransferInput.fields

/** Begins a transfer. Without a `transferId` it is the Idempotency-Key's, so that a repetition names the same. */
export const TransferBody = Schema.Struct({
  transferId: Schema.optionalKey(TransferId.TransferId),
  from,
  to,
  money
}).annotate({ identifier: "BeginTransfer" })

/** Where a transfer stands. */
export const TransferStanding = Schema.Struct({
  ...TransferProcess.TransferInput.fields,
  /** `requested` until its money has left; `barred` when it never will. */
  status: Schema.Literals(["requested", ...TransferStatus.TransferStatus.literals]),
  /** How its saga stands, which `/sagas/{id}` tells in full. */
  saga: Schema.Literals(["active", "completed", "compensated", "parked", "abandoned"]),
  /** Why it was refused; absent when it was not. */
  refusal: Schema.optionalKey(TransferErrors.TransferRefusal),
  startedAt: Schema.DateTimeUtc,
  endedAt: Schema.optionalKey(Schema.DateTimeUtc)
}).annotate({ identifier: "TransferStanding", description: "Where a transfer stands" })

/** Nobody has begun a transfer with this id. */
export class UnknownTransfer extends HttpApiError.Problem<UnknownTransfer>()(
  "UnknownTransfer",
  { type: Problems.problemType("transfer-not-begun"), status: 404, title: "There is no such transfer" },
  { transferId: TransferId.TransferId }
) {}

const { "if-match": _, ...headers } = CommandHeaders.fields

/** The endpoints for transfers between accounts. */
export class TransfersApi extends HttpApiGroup.make("transfers")
  .add(
    HttpApiEndpoint.post("begin", "/transfers", {
      headers: Schema.Struct(headers),
      payload: TransferBody,
      success: HttpApiSchema.WithHeaders(TransferStanding.pipe(HttpApiSchema.status(202)), {
        location: Schema.String,
        "idempotency-key": Schema.String
      }),
      error: [Problems.KeyReused, Problems.BodyTooLarge, Problems.UnsupportedMediaType]
    }).annotateMerge(
      about(
        "Begin to transfer money from one account to another",
        "Choose the id of the transfer, or leave it out: then it is derived from the Idempotency-Key, so that a repetition names the same. The money leaves, and arrives or comes back; `location` tells where it is."
      )
    ),
    HttpApiEndpoint.get("get", "/transfers/:id", {
      params: { id: TransferId.TransferId },
      headers: QueryHeaders,
      success: TransferStanding,
      error: UnknownTransfer
    }).annotateMerge(about("Where a transfer stands", "Read from its events and those of its saga: always up to date."))
  )
  .annotate(ServedBy, "accounts")
  .annotateMerge(OpenApi.annotations({ title: "Transfers" })) {}
