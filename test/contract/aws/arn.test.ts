import { iamArn, partitionOf, regionalArn } from '../../../contract/aws/arn';

describe('partitions', () => {
  it.each([
    ['eu-west-1', 'aws'],
    ['us-east-1', 'aws'],
    ['cn-northwest-1', 'aws-cn'],
    ['us-gov-east-1', 'aws-us-gov'],
    ['us-iso-east-1', 'aws-iso'],
    ['us-isob-east-1', 'aws-iso-b'],
    ['eusc-de-east-1', 'aws-eusc'],
  ])('the partition of %s is %s', (region, partition) => {
    expect(partitionOf(region)).toBe(partition);
  });
});

describe('ARNs', () => {
  it.each([
    ['arn:aws:sns:eu-west-1:111122223333:alarms', true],
    ['arn:aws-cn:sns:cn-north-1:111122223333:alarms', true],
    ['arn:aws:sns:eu-west-1:11112222333:alarms', false],
    ['arn:aws:sns:eu-west-1:1111222233334:alarms', false],
    ['arn:aws:sqs:eu-west-1:111122223333:alarms', false],
    ['arn:aws:sns:eu-west-1:111122223333:alarms:more', false],
    [' arn:aws:sns:eu-west-1:111122223333:alarms', false],
    ['arn:other:sns:eu-west-1:111122223333:alarms', false],
  ])('%s is one of a topic: %s', (arn, expected) => {
    expect(regionalArn('sns', '[a-z]+').test(arn)).toBe(expected);
  });

  it.each([
    ['arn:aws:iam::111122223333:role/reader', true],
    ['arn:aws-us-gov:iam::111122223333:role/reader', true],
    ['arn:aws:iam::11112222333:role/reader', false],
    ['arn:aws:iam::1111222233334:role/reader', false],
    ['arn:aws:iam:eu-west-1:111122223333:role/reader', false],
    ['arn:aws:iam::111122223333:role/reader/more', false],
    ['an arn:aws:iam::111122223333:role/reader', false],
  ])('%s is one of a role: %s', (arn, expected) => {
    expect(iamArn('role/[a-z]+').test(arn)).toBe(expected);
  });
});
