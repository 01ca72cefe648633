#!/usr/bin/env python3
"""Makes an IAM user with a policy in moto and lets moto check permissions from then on.

usage: user.py ENDPOINT POLICY_FILE

Prints the user's keys as {"AccessKeyId","SecretAccessKey"}.
"""
import json
import pathlib
import sys
import urllib.request

import boto3


def main(endpoint, policy):
    iam = boto3.client("iam", endpoint_url=endpoint, region_name="eu-west-1",
                       aws_access_key_id="AKIAIOSFODNN7EXAMPLE", aws_secret_access_key="example")
    iam.create_user(UserName="eastwest")
    iam.put_user_policy(UserName="eastwest", PolicyName="eastwest", PolicyDocument=pathlib.Path(policy).read_text())
    key = iam.create_access_key(UserName="eastwest")["AccessKey"]
    # moto's own switch: the number of requests that it still answers without asking for permission.
    urllib.request.urlopen(urllib.request.Request(
        endpoint + "/moto-api/reset-auth", data=b"0", headers={"Content-Type": "text/plain"})).read()
    print(json.dumps({name: key[name] for name in ("AccessKeyId", "SecretAccessKey")}))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
