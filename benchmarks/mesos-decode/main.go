// Decodes RecordIO streams of scheduler events with mesos-go, as its own client does: its recordio reader and codecs.
// Protocol: see contender.ts.
package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/mesos/mesos-go/api/v1/lib/encoding"
	"github.com/mesos/mesos-go/api/v1/lib/encoding/codecs"
	"github.com/mesos/mesos-go/api/v1/lib/encoding/framing"
	"github.com/mesos/mesos-go/api/v1/lib/recordio"
	"github.com/mesos/mesos-go/api/v1/lib/scheduler"

	mesos "github.com/mesos/mesos-go/api/v1/lib"
)

const chunkBytes = 64 * 1024

// Above the event of 10,000 offers; by default mesos-go refuses records beyond 4 MiB.
const maximumRecordBytes = 64 * 1024 * 1024

type chunks struct{ reader io.Reader }

func (c chunks) Read(buffer []byte) (int, error) {
	if len(buffer) > chunkBytes {
		buffer = buffer[:chunkBytes]
	}
	return c.reader.Read(buffer)
}

func decode(stream []byte, mediaType encoding.MediaType) (offers int, finished int, err error) {
	reader := recordio.NewReader(chunks{bytes.NewReader(stream)}, recordio.MaxMessageSize(maximumRecordBytes))
	decoder := codecs.ByMediaType[mediaType].NewDecoder(func() framing.Reader { return reader })
	for {
		var event scheduler.Event
		if err := decoder.Decode(&event); err == io.EOF {
			return offers, finished, nil
		} else if err != nil {
			return offers, finished, err
		}
		switch event.GetType() {
		case scheduler.Event_OFFERS:
			for _, offer := range event.GetOffers().GetOffers() {
				if offer.GetHostname() != "" {
					offers++
				}
			}
		case scheduler.Event_UPDATE:
			status := event.GetUpdate().GetStatus()
			if status.GetState() == mesos.TASK_FINISHED {
				finished++
			}
		}
	}
}

func main() {
	mediaType := codecs.MediaTypeJSON
	if os.Args[1] == "protobuf" {
		mediaType = codecs.MediaTypeProtobuf
	}
	files := map[string][]byte{}
	input := bufio.NewScanner(os.Stdin)
	for input.Scan() {
		path := strings.TrimSpace(input.Text())
		if _, isThere := files[path]; !isThere {
			bytes, err := os.ReadFile(path)
			if err != nil {
				panic(err)
			}
			files[path] = bytes
		}
		start := time.Now()
		offers, finished, err := decode(files[path], mediaType)
		seconds := time.Since(start).Seconds()
		if err != nil {
			panic(err)
		}
		fmt.Println(seconds, offers, finished)
	}
}
