/**
 * The curl commands a document shows, performed without curl: not every machine has it.
 *
 * Understood is what the documents use: `-X`, `-H`, `-d` with quotes and continued lines. Anything else is an error, so
 * that nothing shown goes unchecked.
 */
import { STATUS_CODES } from "node:http"
import { Effect, Schema } from "effect"
import { HttpClient, HttpClientRequest, HttpMethod } from "effect/http"

/** A command shown in a document that is not a curl command this module understands. */
export class NotUnderstood extends Schema.TaggedError<NotUnderstood>()("NotUnderstood", {
  command: Schema.String,
  word: Schema.String
}) {
  override get message() {
    return `"${this.word}" is not understood in: ${this.command}`
  }
}

/** A request as curl would send it. */
export interface Curl {
  readonly method: HttpMethod.HttpMethod
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
}

/** The words of a shell command: quotes taken off, continued lines joined. */
export const words = (command: string): ReadonlyArray<string> =>
  Array.from(
    command.replaceAll("\\\n", " ").matchAll(/'([^']*)'|"([^"]*)"|([^\s'"]+)/gu),
    ([, single, double, plain]) => single ?? double ?? plain ?? ""
  )

/** Reads a curl command. */
export const parse = (command: string): Effect.Effect<Curl, NotUnderstood> =>
  Effect.suspend(() => {
    const [program = "", ...rest] = words(command)
    const notUnderstood = (word: string) => Effect.fail(new NotUnderstood({ command, word }))
    if (program !== "curl") return notUnderstood(program)
    const headers: Record<string, string> = {}
    let [method, url, body]: Array<string | undefined> = []
    while (rest.length > 0) {
      const word = rest.shift() ?? ""
      if (word === "-i" || word === "-s") continue
      if (word === "-X") method = rest.shift()
      else if (word === "-d") body = rest.shift()
      else if (word === "-H") {
        const [name = "", value = ""] = (rest.shift() ?? "").split(/: ?(.*)/su)
        headers[name.toLowerCase()] = value
      } else if (!word.startsWith("-") && url === undefined) url = word
      else return notUnderstood(word)
    }
    const chosen = method ?? (body === undefined ? "GET" : "POST")
    if (!HttpMethod.isHttpMethod(chosen)) return notUnderstood(chosen)
    return url === undefined ? notUnderstood("(no URL)") : Effect.succeed({ method: chosen, url, headers, body })
  })

/** What a request answers, as `curl -i` prints it, with only the headers asked for and JSON laid out for reading. */
export const perform = Effect.fn("Curl.perform")(function* (curl: Curl, shown: ReadonlyArray<string>) {
  const { body, headers, method, url } = curl
  const request = HttpClientRequest.make(method)(url, { headers })
  const response = yield* (yield* HttpClient.HttpClient).execute(
    body === undefined
      ? request
      : HttpClientRequest.bodyText(request, body, headers["content-type"] ?? "application/x-www-form-urlencoded")
  )
  const answered = yield* response.text
  const isJson = /\bjson\b/u.test(response.headers["content-type"] ?? "")
  return [
    `HTTP/1.1 ${response.status} ${STATUS_CODES[response.status] ?? ""}`,
    ...shown.map((name) => `${name}: ${response.headers[name.toLowerCase()] ?? "(absent)"}`),
    "",
    isJson ? JSON.stringify(yield* decodeJson(answered), undefined, 2) : answered
  ]
    .join("\n")
    .trim()
})

const decodeJson = Schema.decodeEffect(Schema.fromJsonString(Schema.Json))
