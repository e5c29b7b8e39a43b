"""The trap: a thread is started, the handler returns, and the environment is frozen before the thread did anything.

On a laptop the process lives on and the mail is sent half a second later. On Lambda it is sent by some later invoke,
while that one has other things to do, or never.
"""

import threading
import time

sent = []


def handler(event, context):
    print(f"mails sent so far: {len(sent)}")
    threading.Thread(target=send_mail, args=(context.aws_request_id,)).start()
    if event.get("wait"):
        time.sleep(0.6)
    return {"accepted": context.aws_request_id, "sent": list(sent)}


def send_mail(request_id):
    time.sleep(0.4)
    sent.append(request_id)
    print(f"mail for {request_id} sent")
