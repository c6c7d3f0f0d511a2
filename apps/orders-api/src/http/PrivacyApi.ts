/**
 * The endpoints for people who want to be forgotten. A subject is a person as the data knows them: the id of a customer
 * for orders, the id of an account for its owner.
 */
import { Personal } from "@eventfold/decider"
import { ForgottenSubject } from "@eventfold/event-store"
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import * as Problems from "./Problems.ts"
import { Actor, QueryHeaders } from "./RequestHeaders.ts"
import { ServedBy } from "./ServedBy.ts"

/** Who is to be forgotten, and why: a code, so that nothing is told about anybody. */
export const ForgetSubject = Schema.Struct({
  subject: Personal.Subject,
  reason: ForgottenSubject.fields.reason
}).annotate({ identifier: "ForgetSubject" })

/** What is known of a subject in this respect. */
export const SubjectStatus = Schema.Struct({
  subject: Personal.Subject,
  forgotten: Schema.Boolean
}).annotate({ identifier: "SubjectStatus", description: "Whether the person has been forgotten" })

/** The endpoints for people who want to be forgotten. */
export class PrivacyApi extends HttpApiGroup.make("privacy")
  .add(
    HttpApiEndpoint.post("forget", "/privacy/forgotten-subjects", {
      headers: Schema.Struct({ ...QueryHeaders.fields, "x-actor": Schema.optionalKey(Actor) }),
      payload: ForgetSubject,
      success: SubjectStatus,
      error: [Problems.BodyTooLarge, Problems.UnsupportedMediaType]
    }).annotateMerge(
      OpenApi.annotations({
        summary: "Forget a person, for ever",
        description:
          "Destroys the key of what is known about the person: their addresses and names read as [REDACTED] from now on, " +
          "in every event, state and answer, and in every backup. Orders, amounts and balances stay. It cannot be taken " +
          "back; done again, it changes nothing. The audit tells who did it, when and why: the action PersonForgotten."
      })
    ),
    HttpApiEndpoint.get("status", "/privacy/forgotten-subjects/:subject", {
      params: { subject: Personal.Subject },
      headers: QueryHeaders,
      success: SubjectStatus
    }).annotateMerge(OpenApi.annotations({ summary: "Whether a person has been forgotten" }))
  )
  .annotate(ServedBy, "every")
  .annotateMerge(OpenApi.annotations({ title: "Privacy" })) {}
