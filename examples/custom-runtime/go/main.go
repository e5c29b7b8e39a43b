// A Lambda function in Go with a runtime of its own, on the standard library alone. A real one would leave the loop to
// github.com/aws/aws-lambda-go; here it shows that there is no magic in it.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strings"
)

type event struct {
	Text string `json:"text"`
}

type result struct {
	Words   int    `json:"words"`
	Longest string `json:"longest"`
}

type failure struct {
	ErrorType    string `json:"errorType"`
	ErrorMessage string `json:"errorMessage"`
}

func handle(in event) (result, error) {
	words := strings.Fields(in.Text)
	if len(words) == 0 {
		return result{}, fmt.Errorf("the event has no text")
	}
	longest := words[0]
	for _, word := range words {
		if len(word) > len(longest) {
			longest = word
		}
	}
	log.Printf("counted %d words", len(words))
	return result{Words: len(words), Longest: longest}, nil
}

func main() {
	log.SetFlags(0)
	runtime := "http://" + os.Getenv("AWS_LAMBDA_RUNTIME_API") + "/2018-06-01/runtime/invocation/"
	for {
		if err := serveOne(runtime); err != nil {
			log.Fatal(err)
		}
	}
}

func serveOne(runtime string) error {
	next, err := http.Get(runtime + "next")
	if err != nil {
		return err
	}
	body, err := io.ReadAll(next.Body)
	next.Body.Close()
	if err != nil {
		return err
	}
	invocation := runtime + next.Header.Get("Lambda-Runtime-Aws-Request-Id")
	var in event
	err = json.Unmarshal(body, &in)
	if err != nil {
		return post(invocation+"/error", failure{"InvalidEvent", err.Error()})
	}
	out, err := handle(in)
	if err != nil {
		return post(invocation+"/error", failure{"HandlerFailed", err.Error()})
	}
	return post(invocation+"/response", out)
}

func post(url string, document any) error {
	body, err := json.Marshal(document)
	if err != nil {
		return err
	}
	answer, err := http.Post(url, "application/json", bytes.NewReader(body))
	if err != nil {
		return err
	}
	return answer.Body.Close()
}
