/**
 * `docker-compose.yml` as Compose reads it: YAML, with the variables of `.env` filled in.
 *
 * Of the ways to name a variable it knows those the file uses: `${NAME}`, `${NAME:-default}`, `${NAME:?message}` and `$$`.
 */
import { readFileSync } from "node:fs"
import { Schema } from "effect"
import { Yaml } from "effect/encoding"

const root = new URL("../../", import.meta.url)

const Condition = Schema.Struct({ condition: Schema.String })
const strings = Schema.Array(Schema.String)

/** What the tests ask of a service of the file. */
export const Service = Schema.Struct({
  image: Schema.String,
  profiles: Schema.optionalKey(strings),
  command: Schema.optionalKey(strings),
  environment: Schema.optionalKey(Schema.Record(Schema.String, Schema.String)),
  ports: Schema.optionalKey(strings),
  depends_on: Schema.optionalKey(Schema.Record(Schema.String, Condition)),
  healthcheck: Schema.optionalKey(
    Schema.Struct({
      test: strings,
      interval: Schema.String,
      timeout: Schema.String,
      retries: Schema.Int,
      start_period: Schema.String,
      start_interval: Schema.optionalKey(Schema.String)
    })
  ),
  restart: Schema.String,
  read_only: Schema.optionalKey(Schema.Boolean),
  cap_drop: Schema.optionalKey(strings),
  deploy: Schema.Struct({
    resources: Schema.Struct({
      limits: Schema.Struct({ cpus: Schema.String, memory: Schema.String, pids: Schema.Int })
    })
  })
})
/** What the tests ask of a service of the file. */
export interface Service extends Schema.Schema.Type<typeof Service> {}

const File = Schema.Struct({ services: Schema.Record(Schema.String, Service) })

/** The file as it is written. */
export const text = readFileSync(new URL("docker-compose.yml", root), "utf8")

const placeholder = /\$(?:(?<escaped>\$)|\{(?<name>\w+)(?:(?<kind>:[-?])(?<rest>[^}]*))?\})/gu

/** A variable the file names: with a default, required, or as it is elsewhere in the file. */
export interface Placeholder {
  readonly name: string
  readonly kind: "default" | "required" | "plain"
}

/** The variables the file names, as often as it does. */
export const placeholders = (): ReadonlyArray<Placeholder> =>
  Array.from(text.matchAll(placeholder)).flatMap(({ groups }) => {
    const { kind, name } = groups ?? {}
    if (name === undefined) return []
    return [{ name, kind: kind === ":-" ? "default" : kind === ":?" ? "required" : "plain" }]
  })

/** The file with these variables; those that are missing are a defect. */
export const filled = (values: Readonly<Record<string, string>>): unknown => {
  const fill = (part: unknown): unknown => {
    if (typeof part === "string") {
      return part.replace(placeholder, (found, escaped, name: string | undefined, kind, rest: string | undefined) => {
        if (escaped !== undefined || name === undefined) return "$"
        const value = values[name] ?? (kind === ":-" ? rest : undefined)
        if (value === undefined) throw new Error(`nothing is known of ${found}`)
        return value
      })
    }
    if (Array.isArray(part)) return part.map(fill)
    if (typeof part !== "object" || part === null) return part
    return Object.fromEntries(Object.entries(part).map(([key, value]) => [key, fill(value)]))
  }
  return fill(Yaml.parse(text))
}

/** The services of the file with these variables. */
export const services = (values: Readonly<Record<string, string>>): Readonly<Record<string, Service>> =>
  Schema.decodeUnknownSync(File)(filled(values)).services
