import { signatureOf, signedV2 } from '../src/families/ec2/signature-v2.js';

const key = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' };

it('is that of the example in the AWS General Reference', () => {
  const params: [string, string][] = [
    ['Action', 'DescribeJobFlows'],
    ['Version', '2009-03-31'],
    ['AWSAccessKeyId', key.accessKeyId],
    ['SignatureVersion', '2'],
    ['SignatureMethod', 'HmacSHA256'],
    ['Timestamp', '2011-10-03T15:19:30'],
  ];
  expect(signatureOf('GET', new URL('https://elasticmapreduce.amazonaws.com/'), params, key.secretAccessKey)).toBe(
    'i91nKc4PWAt0JJIdXwz9HxZCJDdiy6cf/Mj6vPxyYIs=',
  );
});

it('is made of the parameters with those that say how', () => {
  const signed = signedV2('POST', new URL('https://cloud.example/'), [['Action', 'DescribeRegions']], key, new Date(0));
  expect(Object.fromEntries(signed)).toEqual({
    Action: 'DescribeRegions',
    AWSAccessKeyId: key.accessKeyId,
    SignatureMethod: 'HmacSHA256',
    SignatureVersion: '2',
    Timestamp: '1970-01-01T00:00:00Z',
    Signature: expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/) as string,
  });
});

it.each([
  ['another method', 'POST', 'https://cloud.example/services/Eucalyptus', 'a b'],
  ['another port', 'GET', 'https://cloud.example:8773/services/Eucalyptus', 'a b'],
  ['another path', 'GET', 'https://cloud.example/', 'a b'],
  ['another value', 'GET', 'https://cloud.example/services/Eucalyptus', 'a+b'],
])('is another for %s', (_, method, url, value) => {
  const first = signatureOf('GET', new URL('https://cloud.example/services/Eucalyptus'), [['Name', 'a b']], key.secretAccessKey);
  expect(signatureOf(method, new URL(url), [['Name', value]], key.secretAccessKey)).not.toBe(first);
});

it('does not depend on whether the port of the scheme is written, nor on the case of the host', () => {
  const at = (url: string): string => signatureOf('GET', new URL(url), [['Name', "it's (1*2)~"]], key.secretAccessKey);
  expect(at('https://CLOUD.example:443/')).toBe(at('https://cloud.example/'));
});
