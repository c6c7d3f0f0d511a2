/** Mail by SMTP: the mailer of notifications. */
export * as MailerMemory from "./MailerMemory.ts"
export * as MailerSmtp from "./MailerSmtp.ts"
export * as SmtpFailure from "./SmtpFailure.ts"
export * as SmtpUrl from "./SmtpUrl.ts"
