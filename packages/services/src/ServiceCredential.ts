/**
 * The credential that services share: what proves to one of them that it is asked by another.
 *
 * Guarantees: without it a request is answered 401 with nothing in it, before anything of it is read; how long that takes
 * tells nothing about the credential; the credential is in no log and no message.
 *
 * To change it without a pause: let every service accept the new one too (`alsoAccepted`), then let every service send the
 * new one and accept the old one too, then drop the old one.
 */
import { ByteSize, Effect, Layer, Redacted, Schema } from "effect"
import { HttpClientRequest, HttpServerRequest } from "effect/http"
import { HttpApiMiddleware, HttpApiSchema, HttpApiSecurity } from "effect/http-api"
import { createHash, timingSafeEqual } from "node:crypto"

/** Nobody who shares the credential. */
export class NotAService extends Schema.TaggedError<NotAService>()("NotAService", {}) {}

/** A request is let through only with the credential. */
export class ServiceCredential extends HttpApiMiddleware.Service<ServiceCredential>()(
  "@eventfold/services/ServiceCredential",
  {
    security: { bearer: HttpApiSecurity.bearer },
    error: NotAService.pipe(HttpApiSchema.asNoContent({ decode: () => new NotAService() }), HttpApiSchema.status(401)),
    requiredForClient: true
  }
) {}

/** The credential, as it is configured. */
export interface CredentialOptions {
  /** What this program shows, and what it asks others for. */
  readonly credential: Redacted.Redacted
  /** What it accepts as well, while the credential is being changed. */
  readonly alsoAccepted?: Redacted.Redacted
}

/** A credential that nobody should use. */
export class CredentialNotValid extends Schema.TaggedError<CredentialNotValid>()("CredentialNotValid", {
  field: Schema.Literals(["credential", "alsoAccepted"]),
  rule: Schema.String
}) {
  override get message() {
    return `${this.field}: ${this.rule}`
  }
}

const checked = Effect.fnUntraced(function* ({ alsoAccepted, credential }: CredentialOptions) {
  const given = [
    { field: "credential", secret: credential },
    ...(alsoAccepted === undefined ? [] : [{ field: "alsoAccepted", secret: alsoAccepted } as const])
  ] as const
  for (const { field, secret } of given) {
    if (!/^[\x21-\x7e]{32,256}$/u.test(Redacted.value(secret))) {
      return yield* new CredentialNotValid({ field, rule: "must be 32 to 256 visible ASCII characters" })
    }
  }
  return given.map(({ secret }) => digest(secret))
})

/** Digests are of one length, so that they can be compared in a time that is always the same. */
const digest = (secret: Redacted.Redacted) => createHash("sha256").update(Redacted.value(secret)).digest()

/** The longest body of a command. */
const largestBody = ByteSize.mebibytes(1)

/** Lets through who shows the credential, or the other one that is accepted. */
export const layerServer = (options: CredentialOptions): Layer.Layer<ServiceCredential, CredentialNotValid> =>
  Layer.effect(
    ServiceCredential,
    Effect.map(checked(options), (accepted) => ({
      bearer: (next, { credential }) => {
        const shown = digest(credential)
        // All of them are compared, so that the time does not tell which one it is.
        const fitting = accepted.filter((one) => timingSafeEqual(one, shown))
        return fitting.length > 0
          ? Effect.provideService(next, HttpServerRequest.MaxBodySize, largestBody)
          : Effect.fail(new NotAService())
      }
    }))
  )

/** Shows the credential. */
export const layerClient = (
  options: CredentialOptions
): Layer.Layer<HttpApiMiddleware.ForClient<ServiceCredential>, CredentialNotValid> =>
  Layer.unwrap(
    Effect.as(
      checked(options),
      HttpApiMiddleware.layerClient(ServiceCredential, ({ next, request }) =>
        next(HttpClientRequest.bearerToken(request, options.credential))
      )
    )
  )
