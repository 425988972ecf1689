import { Controller, Get, Logger, Post, Query, Req, Res } from '@nestjs/common';
import { IsOptional, IsString, Length } from 'class-validator';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Allow, Problem, Returns, config } from '#platform';
import {
  sessionCookie,
  sessionOptions,
  signInCookie,
  signInOptions,
  signedInMark,
  signedInMarkOptions,
  signedOutCookie,
  signedOutOptions,
} from './cookies.js';
import { Issuer, IssuerRefuses } from './issuer.js';
import type { SignInUnderWay } from './issuer.js';
import { localPath } from './local-path.js';
import { isSameOrigin } from './same-origin.js';
import { opened, sealed } from './seal.js';
import { Sessions } from './sessions.js';

export class SignInQuery {
  /** A path of this site to come back to. */
  @IsOptional() @IsString() @Length(0, 2_000) to?: string;
}

@Controller('auth')
@Allow('public')
export class SignInController {
  private readonly logger = new Logger('sign-in');

  constructor(
    private readonly issuer: Issuer,
    private readonly sessions: Sessions,
  ) {}

  @Get('sign-in')
  @Returns(302, undefined, 'Sends the browser to the issuer; `to` is the path to come back to')
  async begin(
    @Query() { to }: SignInQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { publicUrl } = config();
    const back = localPath(to, publicUrl);
    // Cookies belong to a host, and the issuer comes back to the public one: begin there.
    if (request.headers.host !== new URL(publicUrl).host) {
      return void reply.redirect(`${publicUrl}/auth/sign-in?to=${encodeURIComponent(back)}`, 302);
    }
    const { url, underWay } = await this.issuer.begin(back, request.cookies[signedOutCookie] !== undefined);
    void reply.setCookie(signInCookie, await sealed('sign-in', underWay), signInOptions()).redirect(url, 302);
  }

  /** What the issuer adds to the address (code, state, iss) is checked by openid-client against the sign-in's cookie. */
  @Get('callback')
  @Returns(302, undefined, 'Where the issuer sends the browser back to')
  async finish(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const cookie = request.cookies[signInCookie];
    const underWay = cookie ? await opened<SignInUnderWay>('sign-in', cookie) : undefined;
    if (!underWay) throw notSignedIn('It took too long, or it began in another browser.');
    try {
      const tokens = await this.issuer.finish(new URL(request.url, config().publicUrl), underWay);
      const id = await this.sessions.begin(tokens);
      void reply
        .clearCookie(signInCookie, signInOptions())
        .clearCookie(signedOutCookie, signedOutOptions())
        .setCookie(sessionCookie(), id, sessionOptions())
        .setCookie(signedInMark, '1', signedInMarkOptions())
        .redirect(underWay.to, 302);
    } catch (error) {
      if (!(error instanceof IssuerRefuses)) throw error;
      this.logger.warn(`a sign-in was refused: ${error.message}`);
      throw notSignedIn('The issuer did not confirm it.');
    }
  }

  @Post('sign-out')
  @Returns(204, undefined, 'Ends the session of this browser')
  async end(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    if (!isSameOrigin(request.headers, config().publicUrl))
      throw new Problem(403, undefined, { detail: 'Only a page of this site signs out.' });
    const cookie = request.cookies[sessionCookie()];
    if (cookie) await this.sessions.end(cookie);
    void reply
      .clearCookie(sessionCookie(), sessionOptions())
      .clearCookie(signedInMark, signedInMarkOptions())
      .setCookie(signedOutCookie, '1', signedOutOptions())
      .code(204)
      .send();
  }
}

function notSignedIn(why: string): Problem {
  return new Problem(400, 'Signing in did not work', {
    detail: `${why} Start again: ${config().publicUrl}/auth/sign-in`,
  });
}
