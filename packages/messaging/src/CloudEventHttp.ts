/**
 * Messages in the binary mode of CloudEvents over HTTP (section 3.1 of its HTTP binding): attributes as headers, data as
 * the body.
 *
 * Guarantee: whatever text an attribute holds passes through headers unchanged, percent-encoded where headers need it.
 */
import { Result } from "effect"
import { type CloudEvent, type CloudEventNotValid, fromJson, parse, placeOf, refusal, toParts } from "./CloudEvent.ts"

/** A message as headers and body. Names of headers are in lower case. */
export interface BinaryMessage {
  readonly headers: Readonly<Record<string, string>>
  /** JSON. */
  readonly body: string
}

/** A message as headers and body. */
export const toBinary = (event: CloudEvent): Result.Result<BinaryMessage, CloudEventNotValid> =>
  Result.map(toParts(event), ({ attributes: { datacontenttype = "application/json", ...attributes }, data }) => ({
    headers: {
      ...Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`ce-${name}`, escaped(value)])),
      "content-type": datacontenttype
    },
    body: JSON.stringify(data)
  }))

/** The message of headers and body. Headers that are not about the message do not matter. */
export const fromBinary = ({ body, headers }: BinaryMessage): Result.Result<CloudEvent, CloudEventNotValid> => {
  const attributes: Record<string, unknown> = {}
  const problems: Array<CloudEventNotValid["problems"][number]> = []
  for (const [header, value] of Object.entries(headers)) {
    const name = header.toLowerCase()
    if (name === "content-type") attributes["datacontenttype"] = value
    if (!name.startsWith("ce-")) continue
    const attribute = name.slice(3)
    const text = unescaped(value)
    if (notInHeaders.has(attribute)) {
      problems.push({ attribute, rule: "does not travel as a header of this name" })
    } else if (text === undefined) {
      problems.push({
        attribute: placeOf(attribute),
        rule: "must be percent-encoded UTF-8 where it is not plain ASCII"
      })
    } else {
      attributes[attribute] = text
    }
  }
  if (problems.length > 0) return Result.fail(refusal(problems))
  return Result.flatMap(parse("data", body), (data) => fromJson({ ...attributes, data }))
}

/** The data is the body, and its type the header that every body has. */
const notInHeaders: ReadonlySet<string> = new Set(["data", "data_base64", "datacontenttype"])

/** All but printable ASCII without the space, the double quote and the percent sign. */
const escaped = (text: string): string => text.replace(/[^!#$&-~]/gu, (character) => encodeURIComponent(character))

const unescaped = (value: string): string | undefined => {
  const quoted = /^"(.*)"$/su.exec(value)?.[1]?.replace(/\\(.)/gsu, "$1")
  return Result.getOrUndefined(Result.try(() => decodeURIComponent(quoted ?? value)))
}
