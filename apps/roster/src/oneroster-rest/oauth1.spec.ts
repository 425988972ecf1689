import { describe, expect, it } from '@jest/globals';
import { baseString, oauth1Header, sign } from './oauth1.js';

describe('OAuth 1.0a, held against RFC 5849', () => {
  it('makes the base string of its section 3.4.1.1, with parameters that come twice, empty or encoded', () => {
    const url = new URL('http://EXAMPLE.COM:80/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b');
    const parameters = [
      ['oauth_consumer_key', '9djdj82h48djs9d2'],
      ['oauth_token', 'kkk9d7dh3k39sjv7'],
      ['oauth_signature_method', 'HMAC-SHA1'],
      ['oauth_timestamp', '137131201'],
      ['oauth_nonce', '7d8f3e4a'],
      ['c2', ''],
      ['a3', '2 q'],
    ] as const;
    expect(baseString('post', url, parameters)).toBe(
      'POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D' +
        '%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1' +
        '%26oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7',
    );
  });

  it('signs the requests of its section 1.2 as printed there', () => {
    const initiate = baseString('POST', new URL('https://photos.example.net/initiate'), [
      ['oauth_consumer_key', 'dpf43f3p2l4k3l03'],
      ['oauth_signature_method', 'HMAC-SHA1'],
      ['oauth_timestamp', '137131200'],
      ['oauth_nonce', 'wIjqoS'],
      ['oauth_callback', 'http://printer.example.com/ready'],
    ]);
    expect(sign('HMAC-SHA1', initiate, 'kd94hf93k423kf44')).toBe('74KNZJeDHnMBp0EMJ9ZHt/XKycU=');
    const photos = new URL('http://photos.example.net/photos?file=vacation.jpg&size=original');
    const get = baseString('GET', photos, [
      ['oauth_consumer_key', 'dpf43f3p2l4k3l03'],
      ['oauth_token', 'nnch734d00sl2jdk'],
      ['oauth_signature_method', 'HMAC-SHA1'],
      ['oauth_timestamp', '137131202'],
      ['oauth_nonce', 'chapoH'],
    ]);
    expect(sign('HMAC-SHA1', get, 'kd94hf93k423kf44', 'pfkkdhi9sl3r4s00')).toBe(
      'MdpQcU8iPSUjWoN/UDMsK2sui9I=',
    );
  });

  it('signs with SHA-256 as openssl does', () => {
    expect(sign('HMAC-SHA256', 'GET&https%3A%2F%2Fsis.example%2Forgs&limit%3D2', "it's (a) secret*!")).toBe(
      'aRRWGaiAmCdDU4INuns+EDn2chEPIiLf35eGdDS2H9U=',
    );
  });

  it('never uses a nonce twice', () => {
    const header = (): string =>
      oauth1Header('GET', new URL('https://sis.example/orgs'), 'k', 's', 'HMAC-SHA256');
    const nonces = Array.from({ length: 50 }, () => /oauth_nonce="([0-9a-f]+)"/.exec(header())?.[1]);
    expect(new Set(nonces).size).toBe(50);
  });
});
