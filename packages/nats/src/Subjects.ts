/**
 * The names of streams and subjects. They are a storage format: under other ones nothing is found again.
 *
 * - the stream `{prefix}_log_{topic}`: a topic, one message of NATS for each batch, on `{prefix}.log.{topic}.pack`; what one
 *   message of NATS cannot hold stands before it, on `{prefix}.log.{topic}.part`;
 * - the stream `{prefix}_state`: of each subject the last message alone. `{prefix}.state.{topic}.meta` is what is removed of a
 *   topic, `.group.{group}` what a group has not done with, `.dead.{group}.{position}` why a message was given up, `.loss` what NATS
 *   has lost of the topic;
 * - `{prefix}.bell.{topic}`, kept by no stream: something of the topic can be received that could not before.
 * - `{prefix}.crowd.` and the rest of a state's subject, kept by no stream either: others change that state faster.
 *
 * A dot in a name of ours is `~` there.
 */
import type { Group } from "@eventfold/messaging"
import type { StreamName } from "./Streams.ts"

const token = (name: string): string => name.replaceAll(".", "~")

/** The names below a prefix. */
export const make = (prefix: string) => ({
  stateStream: `${prefix}_state`,
  states: `${prefix}.state.>`,
  bells: `${prefix}.bell.>`,
  crowds: `${prefix}.crowd.>`,
  logStream: (topic: string) => `${prefix}_log_${token(topic)}`,
  logs: (topic: string) => `${prefix}.log.${token(topic)}.*`,
  pack: (topic: string) => `${prefix}.log.${token(topic)}.pack`,
  part: (topic: string) => `${prefix}.log.${token(topic)}.part`,
  meta: (topic: string) => `${prefix}.state.${token(topic)}.meta`,
  loss: (topic: string) => `${prefix}.state.${token(topic)}.loss`,
  losses: `${prefix}.state.*.loss`,
  group: ({ group, topic }: Group) => `${prefix}.state.${token(topic)}.group.${token(group)}`,
  dead: ({ group, topic }: Group, position: number | ">") =>
    `${prefix}.state.${token(topic)}.dead.${token(group)}.${position}`,
  bell: (topic: string) => `${prefix}.bell.${token(topic)}`,
  /** Where a process says that it loses races for a value. */
  crowd: (state: string) => `${prefix}.crowd.${state.slice(prefix.length + ".state.".length)}`,
  /** The value. */
  stateOf: (crowd: string) => `${prefix}.state.${crowd.slice(prefix.length + ".crowd.".length)}`,
  /** The topic of a loss. */
  topicOfLoss: (loss: string) => loss.slice(prefix.length + ".state.".length, -".loss".length).replaceAll("~", "."),
  /** The topic of a bell. */
  topicOf: (bell: string) => bell.slice(prefix.length + ".bell.".length).replaceAll("~", ".")
})

/** The names below a prefix. */
export type Subjects = ReturnType<typeof make>

/** The stream of states. */
export const stateStream = (subjects: Subjects): StreamName => ({
  name: subjects.stateStream,
  subject: subjects.states,
  lastOnly: true
})
