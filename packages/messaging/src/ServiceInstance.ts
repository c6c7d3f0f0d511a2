/** One running program that serves a context, as it tells others about itself. */
import { Effect, Result, Schema, SchemaIssue } from "effect"

/** The namespace of services, unless it is said: one registry can serve several systems, or several stages of one. */
export const defaultNamespace = "eventfold"

/** What is said of a name of a namespace, a service or an endpoint. */
export const nameRule = "must be 1 to 63 lower-case letters, digits or '-', beginning with a letter or digit"

/** A name of a namespace, a service or an endpoint. */
export const ServiceName = Schema.String.check(Schema.isPattern(/^[a-z0-9][a-z0-9-]{0,62}$/u, { message: nameRule }))

const urlRule = "must be an absolute URL without a name, a password, a query or a fragment"

const isEndpoint = (text: string): boolean => {
  if (text.length > 2048 || !URL.canParse(text)) return false
  const { hash, host, password, search, username } = new URL(text)
  return host !== "" && [hash, password, search, username].every((part) => part === "")
}

/** Where something is spoken: an address, which tells no secret. */
export const Endpoint = Schema.String.check(Schema.makeFilter(isEndpoint, { message: urlRule }))

/** By what is spoken there, such as `http`: 1 to 16. */
export const Endpoints = Schema.Record(ServiceName, Endpoint).check(
  Schema.makeFilter(
    (endpoints) => {
      const count = Object.keys(endpoints).length
      return count >= 1 && count <= 16
    },
    { message: "must name 1 to 16 endpoints" }
  )
)

/** Which release it is: anything short. */
export const ServiceVersion = Schema.String.check(
  Schema.isPattern(/^[\x21-\x7e]{1,64}$/u, { message: "must be 1 to 64 visible ASCII characters" })
)

/** A running program that serves a context. */
export const ServiceInstance = Schema.Struct({
  namespace: ServiceName,
  /** The context it serves, such as `ordering`. */
  service: ServiceName,
  /** Which of those that serve it: no two that run at the same time have the same. */
  instance: Schema.String.check(
    Schema.isPattern(/^[\w-]{1,64}$/u, { message: "must be 1 to 64 letters, digits, '-' or '_'" })
  ),
  version: ServiceVersion,
  endpoints: Endpoints
}).annotate({ identifier: "ServiceInstance" })
/** A running program that serves a context. */
export type ServiceInstance = typeof ServiceInstance.Type

/** What was said of a service breaks rules. `problems` names every wrong field. */
export class ServicesNotValid extends Schema.TaggedError<ServicesNotValid>()("ServicesNotValid", {
  problems: Schema.Array(Schema.Struct({ field: Schema.String, rule: Schema.String }))
}) {
  override get message() {
    return this.problems.map(({ field, rule }) => `${field}: ${rule}`).join("; ")
  }
}

const format = SchemaIssue.makeFormatterStandardSchemaV1()

/** Decodes by a schema; what is wrong is told field by field. */
export const decodeWith = <A, I>(
  schema: Schema.Codec<A, I>
): ((given: unknown) => Result.Result<A, ServicesNotValid>) => {
  const decode = Schema.decodeUnknownResult(schema)
  return (given) =>
    Result.mapError(
      decode(given, { errors: "all", onExcessProperty: "error" }),
      ({ issue }) =>
        new ServicesNotValid({
          problems: format(issue).issues.map(({ message, path = [] }) => ({
            field: path.map((key) => String(typeof key === "object" ? key.key : key)).join(".") || "(all of it)",
            rule: message
          }))
        })
    )
}

const decode = decodeWith(ServiceInstance)

/** Fails when an instance breaks a rule, naming every wrong field. */
export const check = (instance: ServiceInstance): Effect.Effect<ServiceInstance, ServicesNotValid> =>
  Effect.fromResult(decode(instance))
