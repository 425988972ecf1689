import { Body, Controller, Post } from '@nestjs/common';
import { RuleBroken } from '#contracts';
import type { InputWords } from '#contracts';
import { raise } from '#loop';
import { newKey, seal } from '#messaging';
import type { Key } from '#messaging';
import { OrganisationTree } from '#organisations';
import { heardAtOf } from '#origin';
import { Allow, Caller, Idempotent, Returns, codeHash, receiptCode, sameBody } from '#platform';
import type { Command } from '#platform';
import { receiptLink } from '../receipts/receipt-link.js';
import { laneOf } from '../screening/lane.js';
import type { Contact, ContactWords, InputEvent } from './input.js';
import { InputStore } from './input.store.js';
import { RaiseInputRequest, RaisedInput } from './raise-input.request.js';

@Controller('inputs')
export class RaiseInputController {
  constructor(
    private readonly inputs: InputStore,
    private readonly organisations: OrganisationTree,
  ) {}

  /**
   * Takes an input and gives its receipt, once the write is durable. 422 when a field breaks a rule, when the
   * organisation is not known or closed, or when the Idempotency-Key came with another body; the same body under the
   * same key gets the same answer.
   */
  @Post()
  @Allow({ public: true, roles: ['member', 'partner', 'import'] })
  @Returns(201, RaisedInput, 'Takes an input; the receipt comes after the durable write')
  async raise(
    @Body() request: RaiseInputRequest,
    @Idempotent() command: Command,
    @Caller() caller: Caller,
  ): Promise<RaisedInput> {
    const { district } = caller;
    refuseWhatIsNotTheirs(request, caller);
    const receipt = receiptCode(district, command.id);
    try {
      await this.organisations.require(district, request.orgId);
    } catch (trouble) {
      // A retry of what was accepted is answered the same, whatever became of the organisation since.
      const there = await this.inputs.load(district, command.id);
      if (there?.state.digest !== command.digest) throw trouble;
      return raisedAs(command.id, receipt, request);
    }
    const { key, wrapped } = newKey();
    const events = raised(request, command, receipt, key);
    const { created, state } = await this.inputs.create(district, command.id, events, { secret: wrapped });
    if (!created) sameBody(command, state.digest);
    return raisedAs(command.id, receipt, request);
  }
}

function raised(request: RaiseInputRequest, command: Command, receipt: string, key: Key): InputEvent[] {
  const now = new Date().toISOString();
  const { orgId, topic, kind, role, language, anonymous, contact, onBehalfOf, linkedTo } = request;
  const facts = {
    inputId: command.id,
    origin: 'intake' as const,
    orgId,
    topic,
    kind,
    lane: laneOf(request.text),
    voices: 1,
    role,
    language,
    anonymous,
    reachable: contact !== undefined,
    ...(onBehalfOf && { onBehalfOf: onBehalfOf.relation }),
    notSeenBy: request.notSeenBy === 'school' ? ['school'] : (request.notSeenBy ?? []),
    raisedAt: request.raisedAt ? instant(request.raisedAt) : now,
    ...heardAtOf(request),
    ...(linkedTo && { linkedTo }),
    sealed: seal(key, wordsOf(request)),
  };
  return [
    ...raise(facts, now),
    {
      type: 'accepted',
      at: now,
      digest: command.digest,
      receiptHash: codeHash(receipt),
      ...(contact && { contact: sealedContact(contact, key) }),
      ...(onBehalfOf && { onBehalf: { ...onBehalfOf } }),
    },
  ];
}

/** Rules that need more than one field, or the caller. @throws RuleBroken. */
function refuseWhatIsNotTheirs(request: RaiseInputRequest, caller: Caller): void {
  if (request.anonymous && request.name) {
    throw new RuleBroken('name', 'not-when-anonymous', 'An anonymous input has no name; leave it out.');
  }
  if (request.raisedAt && !caller.roles.includes('import')) {
    throw new RuleBroken('raisedAt', 'import-only', 'Only an import says when an input was raised.');
  }
}

function sealedContact(
  contact: { channel: Contact['channel']; address: string; textInMessage: boolean },
  key: Key,
): Contact {
  const words: ContactWords = { address: contact.address };
  return { channel: contact.channel, sealed: seal(key, words), textInMessage: contact.textInMessage };
}

/** What the team reads, and nobody on the way: whether the person agreed as well, since they may have to be asked. */
function wordsOf({ text, name, onBehalfOf }: RaiseInputRequest): InputWords {
  return { text, ...(name && { name }), ...(onBehalfOf && { agreed: onBehalfOf.agreed }) };
}

function raisedAs(inputId: string, receipt: string, { onBehalfOf }: RaiseInputRequest): RaisedInput {
  const to = onBehalfOf && { receiptTo: onBehalfOf.receiptTo };
  return { inputId, receipt, statusUrl: receiptLink(receipt), ...to };
}

/** With milliseconds, as all our instants. */
function instant(value: string): string {
  return new Date(value).toISOString();
}
