import { readRpcAnswer, RpcDouble, rpcCall } from './xml-rpc.js';

describe('XML-RPC', () => {
  it('writes what it is given, escaped', () => {
    const call = rpcCall('vm.create', [
      'a&b',
      3,
      1.5,
      new RpcDouble(2),
      true,
      null,
      [1, 'x'],
      { name: '<web>', none: undefined },
    ]);
    expect(call).toContain('<methodName>vm.create</methodName>');
    expect(call).toContain('<string>a&#38;b</string>');
    expect(call).toContain('<int>3</int>');
    expect(call).toContain('<double>1.5</double>');
    expect(call).toContain('<double>2</double>');
    expect(call).toContain('<boolean>1</boolean>');
    expect(call).toContain('<nil/>');
    expect(call).toContain('<array><data><value><int>1</int></value><value><string>x</string></value></data></array>');
    expect(call).toContain('<struct><member><name>name</name><value><string>&#60;web&#62;</string></value></member></struct>');
  });

  const answer = (value: string): string =>
    `<?xml version="1.0"?><methodResponse><params><param><value>${value}</value></param></params></methodResponse>`;

  it.each([
    ['<i4>7</i4>', 7],
    ['<double>-0.5</double>', -0.5],
    ['<boolean>0</boolean>', false],
    ['<string></string>', ''],
    ['<string>a &lt; b</string>', 'a < b'],
    ['untyped', 'untyped'],
    ['', ''],
    ['<nil/>', null],
    ['<array><data></data></array>', []],
    ['<array><data><value><int>1</int></value></data></array>', [1]],
    ['<array><data><value><int>1</int></value><value>b</value></data></array>', [1, 'b']],
    ['<struct></struct>', {}],
    ['<struct><member><name>id</name><value><int>5</int></value></member></struct>', { id: 5 }],
    ['<dateTime.iso8601>20130601T10:00:00</dateTime.iso8601>', '20130601T10:00:00'],
  ])('reads %s', (written, value) => {
    expect(readRpcAnswer(answer(written))).toEqual({ value });
  });

  it('tells a fault from a value', () => {
    const fault =
      '<struct><member><name>faultCode</name><value><int>510050</int></value></member><member><name>faultString</name><value><string>Error on object</string></value></member></struct>';
    expect(readRpcAnswer(`<methodResponse><fault><value>${fault}</value></fault></methodResponse>`)).toEqual({
      fault: { code: '510050', message: 'Error on object' },
    });
  });

  it.each(['', '<html></html>', '<methodResponse></methodResponse>', 'not XML', answer('<int>seven</int>')])(
    'refuses %j',
    (document) => {
      expect(() => readRpcAnswer(document)).toThrow();
    },
  );
});
