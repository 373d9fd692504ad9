"""Runs in the image of the product: scale_api.py stop|start

`stop` ends the API pods before migrations that they cannot work with, and leaves them alone before all others.
`start` makes sure that the API is back after the release where an autoscaler decides how many pods run: a chart that
says no number then would leave a Deployment that has none, and so would the autoscaler.
"""

import json
import os
import ssl
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

NAMESPACE = os.environ["API_NAMESPACE"]
DEPLOYMENT = os.environ["API_DEPLOYMENT"]
REPLICAS = int(os.environ["API_REPLICAS"])
# Seconds to wait for pods to end or to become ready.
TIMEOUT = int(os.environ["API_TIMEOUT"])
# A directory with the token and the certificate authorities that Kubernetes gives to the pod.
CREDENTIALS = os.environ["API_CREDENTIALS"]
POLL_SECONDS = 1
PATH = f"/apis/apps/v1/namespaces/{NAMESPACE}/deployments/{DEPLOYMENT}"


def say(text):
    print(text, flush=True)


def refuse(text):
    print(f"error: {text}", file=sys.stderr, flush=True)
    sys.exit(1)


def request(method, path, content=None):
    """Asks the API server; None where it does not find what was asked for."""
    host = os.environ["KUBERNETES_SERVICE_HOST"]
    host = f"[{host}]" if ":" in host else host
    with open(f"{CREDENTIALS}/service-account-token", encoding="utf-8") as file:
        headers = {"Authorization": f"Bearer {file.read().strip()}"}
    if content is not None:
        headers["Content-Type"] = "application/merge-patch+json"
    question = urllib.request.Request(
        f"https://{host}:{os.environ['KUBERNETES_SERVICE_PORT']}{path}",
        method=method,
        headers=headers,
        data=None if content is None else json.dumps(content).encode(),
    )
    context = ssl.create_default_context(cafile=f"{CREDENTIALS}/ca.crt")
    # Without a proxy, whatever the environment says: the API server is in the cluster.
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
    )
    try:
        with opener.open(question, timeout=30) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        if error.code == 404:
            return None
        refuse(f"Kubernetes answers {method} {path} with {error.code}: {error.read().decode(errors='replace')[:300]}")
    except OSError as error:
        refuse(f"the API server of Kubernetes does not answer {method} {path}: {error}")


def scale(replicas):
    request("PATCH", f"{PATH}/scale", {"spec": {"replicas": replicas}})


def scale_command():
    return f"kubectl --namespace {NAMESPACE} scale deployment {DEPLOYMENT} --replicas={REPLICAS}"


def lines(variable):
    with open(os.environ[variable], encoding="utf-8") as file:
        return file.read().split()


def stops_ahead():
    """The migrations that the running pods cannot work with and the database does not have; says what it found."""
    known = lines("CONTRACT_REVISIONS_FILE")
    found = lines("CONTRACT_DATABASE_REVISION_FILE")
    if not found:
        say("the database has no revision yet: no API pod depends on it")
        return []
    if not set(found) <= set(known):
        say(f"the database is at {', '.join(found)}, which this image does not know; API pods that run keep running")
        return []
    # Newest first: what stands before the database's own revision is ahead of it.
    ahead = known[: max(known.index(revision) for revision in found)]
    stops = [stop for stop in json.loads(os.environ["CONTRACT_WRITER_STOPS"]) if stop["migration"] in ahead]
    unrecorded = os.environ.get("CONTRACT_UNRECORDED_VERSION")
    if ahead and unrecorded is not None:
        say(
            f"warning: nobody has recorded what the migrations of version {unrecorded} change. If the API pods of the "
            "version before fail while it is deployed, that is why"
        )
    if not stops:
        say(f"{len(ahead)} migrations ahead, and none that is known to stop API pods that run: they keep answering")
    return stops


def live_pods(deployment):
    labels = deployment["spec"]["selector"]["matchLabels"]
    selector = urllib.parse.quote(",".join(f"{name}={value}" for name, value in labels.items()))
    pods = request("GET", f"/api/v1/namespaces/{NAMESPACE}/pods?labelSelector={selector}")["items"]
    return [pod["metadata"]["name"] for pod in pods if pod["status"].get("phase") not in ("Succeeded", "Failed")]


def stop():
    stops = stops_ahead()
    if not stops:
        return
    deployment = request("GET", PATH)
    if deployment is None:
        say(f"there is no Deployment {DEPLOYMENT}: nothing to stop")
        return
    for one in stops:
        say(f"migration {one['migration']}: {one['sentence']}")
    say(
        f"stopping Deployment {DEPLOYMENT} because of that, until the release with the new version starts it. If a "
        "migration fails, the API stays down: fix the cause and deploy again. The way back is to restore a dump or a "
        f"point in time before {time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())}, to deploy the previous version, and: "
        f"{scale_command()}"
    )
    scale(0)
    end = time.monotonic() + TIMEOUT
    while pods := live_pods(deployment):
        if time.monotonic() > end:
            refuse(f"pods of the API have not ended within {TIMEOUT} seconds: {', '.join(pods)}; nothing is migrated")
        time.sleep(POLL_SECONDS)
        current = request("GET", PATH)
        if current is not None and current["spec"]["replicas"] != 0:
            refuse(
                f"something has scaled Deployment {DEPLOYMENT} up again; nothing is migrated. Pause what does, such as "
                "the automated sync of Argo CD, and deploy again"
            )
    say("no pod of the API is left")


def start():
    deployment = request("GET", PATH)
    if deployment is None:
        refuse(f"there is no Deployment {DEPLOYMENT}")
    if deployment["spec"]["replicas"] == 0:
        say(f"starting Deployment {DEPLOYMENT} with {REPLICAS} pods; the autoscaler decides from then on")
        scale(REPLICAS)
    end = time.monotonic() + TIMEOUT
    while not is_available(deployment):
        if time.monotonic() > end:
            refuse(f"Deployment {DEPLOYMENT} has not become available within {TIMEOUT} seconds")
        time.sleep(POLL_SECONDS)
        deployment = request("GET", PATH) or deployment
    say(f"Deployment {DEPLOYMENT} is available")


def is_available(deployment):
    status = deployment.get("status", {})
    seen = status.get("observedGeneration", 0) >= deployment["metadata"]["generation"]
    wanted = deployment["spec"]["replicas"]
    running = min(status.get("updatedReplicas", 0), status.get("availableReplicas", 0))
    return seen and running >= wanted > 0


{"stop": stop, "start": start}[sys.argv[1]]()
