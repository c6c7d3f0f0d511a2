/**
 * What it means when a mail server, or the way to it, says no: pure, from what the client reports to the errors of the port.
 *
 * A code of 500 and more stays the same however often it is asked (RFC 5321, 4.2.1), so the mail is refused for good; below
 * that it may pass. That a server does not know us, wants TLS, closes (421) or says no before it has heard of a recipient is no
 * fault of the mail: it is tried again, while somebody mends the settings or the server.
 */
import { Mailer } from "@eventfold/domain-notifications"
import { Predicate } from "effect"

/** What the client reports of a failure. What is absent is not known. */
export interface Reported {
  /** `EAUTH`, `ECONNECTION`, `ETIMEDOUT`, … */
  readonly code: string | undefined
  /** What the server answered: 250, 450, 550, … */
  readonly responseCode: number | undefined
  /** What was asked: `RCPT TO`, `DATA`, … */
  readonly command: string | undefined
}

/** Reads a failure of the client, whatever it is. */
export const reported = (error: unknown): Reported => {
  const text = (field: string) =>
    Predicate.hasProperty(error, field) && Predicate.isString(error[field]) ? error[field] : undefined
  return {
    code: text("code"),
    responseCode:
      Predicate.hasProperty(error, "responseCode") && Predicate.isNumber(error.responseCode)
        ? error.responseCode
        : undefined,
    command: text("command")
  }
}

/** What it means for a mail. */
export const errorOf = (messageId: string, { code, command, responseCode }: Reported): Mailer.MailError => {
  const answered = responseCode === undefined ? {} : { code: responseCode }
  const unavailable = (problem: Mailer.MailerUnavailable["problem"]) =>
    new Mailer.MailerUnavailable({ messageId, problem, ...answered })
  const refused = (problem: Mailer.MailRefused["problem"]) =>
    new Mailer.MailRefused({ messageId, problem, ...answered })

  if (
    code === "EAUTH" ||
    code === "ENOAUTH" ||
    code === "EOAUTH2" ||
    code === "ETLS" ||
    isOfUs(command, responseCode)
  ) {
    return unavailable("refused-us")
  }
  if (responseCode !== undefined) {
    if (responseCode < 500) return unavailable(isOfThisMail(command, responseCode) ? "busy" : "no-service")
    return refused(command === "RCPT TO" ? "recipient" : command === "MAIL FROM" ? "sender" : "content")
  }
  if (code === "ETIMEDOUT") return unavailable("timeout")
  // Nothing was asked of a server: what was given is nothing that can be sent.
  if (code === "EENVELOPE") return refused("recipient")
  if (code === "EMESSAGE") return refused("content")
  return unavailable("unreachable")
}

/** 421 is said when the server closes; and what is answered before a recipient is named is none of the recipient's doing. */
const isOfThisMail = (command: string | undefined, responseCode: number): boolean =>
  responseCode !== 421 && (command === undefined || /^(RCPT TO|DATA)/u.test(command))

/** 530, 534, 535 and 538 ask for another way to say who we are; whatever is answered before there is a mail is about us, too. */
const isOfUs = (command: string | undefined, responseCode: number | undefined): boolean =>
  (responseCode !== undefined && [530, 534, 535, 538].includes(responseCode)) ||
  (responseCode !== undefined &&
    responseCode >= 500 &&
    command !== undefined &&
    /^(CONN|EHLO|HELO|STARTTLS|AUTH)/u.test(command))
