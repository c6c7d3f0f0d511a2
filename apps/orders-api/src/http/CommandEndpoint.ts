/** What the endpoints of all commands have alike: which headers they take, what they answer, and what can go wrong. */
import { Schema } from "effect"
import { HttpApiSchema } from "effect/http-api"
import * as Problems from "./Problems.ts"
import { commandAnswerHeaders, CommandHeaders } from "./RequestHeaders.ts"

const problems = [Problems.VersionMismatch, Problems.Archived, Problems.KeyReused] as const

/** An endpoint for a command without a body, which can end in these problems of its own, too. */
export const withoutBody = <Answer extends Schema.Top, const Own extends ReadonlyArray<Schema.Top>>(
  answer: Answer,
  ...own: Own
) =>
  ({
    headers: CommandHeaders,
    success: HttpApiSchema.WithHeaders(answer, commandAnswerHeaders),
    error: [...own, ...problems]
  }) as const

/** An endpoint for a command, which can end in these problems of its own, too. */
export const command = <Answer extends Schema.Top, const Own extends ReadonlyArray<Schema.Top>>(
  answer: Answer,
  ...own: Own
) =>
  ({
    ...withoutBody(answer),
    error: [...own, ...problems, Problems.BodyTooLarge, Problems.UnsupportedMediaType]
  }) as const

/** The answer to a command that makes something: with the header that tells where it is. */
export const created = <Answer extends Schema.Top>(answer: Answer) =>
  HttpApiSchema.WithHeaders(answer.pipe(HttpApiSchema.status(201)), {
    ...commandAnswerHeaders,
    location: Schema.String
  })
