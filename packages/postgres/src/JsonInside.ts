/** Any text as the inside of a JSON string: text a database can hold, plain text as it is but for quotes and backslashes. */

/** The inside of the JSON string of a text. */
export const insideJson = (text: string): string => JSON.stringify(text).slice(1, -1)

/** The text again. */
export const fromInside = (inside: string): string => {
  const text: unknown = JSON.parse(`"${inside}"`)
  return typeof text === "string" ? text : inside
}
