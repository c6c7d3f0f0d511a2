/** A guard for JSON values. */
import { Predicate, type Schema } from "effect"

/** True for a JSON object: not for an array, not for null. */
export const isJsonObject = (value: Schema.Json): value is Schema.JsonObject => Predicate.isObject(value)
