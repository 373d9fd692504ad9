import { describeWithEmulator, EMULATED_ACCOUNT, Emulator } from '../support/aws/emulator';

jest.setTimeout(60_000);

describeWithEmulator()('the emulator', () => {
  let emulator: Emulator;
  beforeAll(async () => {
    emulator = await Emulator.start();
  });
  afterAll(() => emulator.stop());

  it('answers the AWS CLI, and forgets what it is told to forget', async () => {
    expect(emulator.aws('sts', 'get-caller-identity')).toMatchObject({ Account: EMULATED_ACCOUNT });
    emulator.aws('s3api', 'create-bucket', '--bucket', 'one', '--region', 'us-east-1');
    expect(emulator.aws('s3api', 'list-buckets')).toMatchObject({ Buckets: [{ Name: 'one' }] });
    await emulator.reset();
    expect(emulator.aws('s3api', 'list-buckets')).toMatchObject({ Buckets: [] });
  });
});
