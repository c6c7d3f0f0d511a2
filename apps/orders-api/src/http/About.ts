/** What the OpenAPI document says of an endpoint. */
import { OpenApi } from "effect/http-api"

/** The annotations of an endpoint: what it does in a few words, and what else whoever calls it should know. */
export const about = (summary: string, description?: string) =>
  OpenApi.annotations(description === undefined ? { summary } : { summary, description })
